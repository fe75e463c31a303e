import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)

x = np.sin(np.arange(12 * 4) * 0.37).reshape(12, 4).astype("float32")
y = (x @ np.array([[0.5], [-1.0], [0.3], [0.8]], "float32") + 0.1).astype("float32")
c = (np.arange(12) * 5 % 3)

base = keras.Sequential([layers.Input((4,)), layers.Dense(6, "relu"), layers.BatchNormalization()], name="base")
model = keras.Sequential([base, layers.Dense(1)])
model.build((None, 4))
fill(model, 0.5)
for l in base.layers:
    if isinstance(l, layers.BatchNormalization):
        l.set_weights([np.ones(6), np.zeros(6), np.zeros(6), np.ones(6)])
base.trainable = False
model.compile("adam", "mse")
h1 = model.fit(x, y, batch_size=6, epochs=2, shuffle=False, verbose=0)
n1 = len(model.trainable_weights)
base.trainable = True
base.layers[0].trainable = False
model.compile(keras.optimizers.Adam(1e-2), "mse")
h2 = model.fit(x, y, batch_size=6, epochs=2, shuffle=False, verbose=0)
history = {"a": h1.history["loss"], "b": h2.history["loss"]}
outputs = np.array([n1, len(model.trainable_weights), len(model.non_trainable_weights)])
weights = model.get_weights()
prediction = model(x[:3], training=True)
