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


x = np.sin(np.arange(32) * 0.31).reshape(8, 4).astype("float32")
y = x[:, :2]
base = keras.Sequential([layers.Input((4,)), layers.Dense(5, "relu"), layers.BatchNormalization(), layers.Dense(3)], name="base")
fill(base)
base.layers[1].set_weights([np.ones(5), np.zeros(5), np.full(5, 0.1), np.full(5, 0.9)])
base.trainable = False
i1 = keras.Input((4,))
h = base(i1, training=False)
h2 = base(layers.Lambda(lambda t: t[:, ::-1])(i1))
out = layers.Dense(2)(layers.Subtract()([h, h2]))
model = keras.Model(i1, out)
model.layers[-1].set_weights([0.5 * np.cos(np.arange(6.0)).reshape(3, 2), np.zeros(2)])
model.compile(keras.optimizers.Adam(0.05), "mse")
a = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
base.trainable = True
base.layers[0].trainable = False
model.compile(keras.optimizers.SGD(0.05), "mse")
b = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
history = {"a": a, "b": b}
outputs = np.array([len(model.trainable_weights), len(model.non_trainable_weights)])
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
