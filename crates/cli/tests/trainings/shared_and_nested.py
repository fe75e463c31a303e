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


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2, 0.9])).astype("float32")
y = x[:, :1] * x[:, 2:3]
base_in = keras.Input((2,))
base = keras.Model(base_in, layers.BatchNormalization()(layers.Dense(3, activation="relu", name="d")(base_in)), name="base")
inner = keras.Sequential([keras.Input((3,)), layers.Dense(2, activation="tanh")], name="inner")
inp = keras.Input((4,))
a = inner(base(inp[:, :2]))
b = inner(base(inp[:, 2:]))
diff = layers.Lambda(lambda t: tf.abs(t[0] - t[1]))([a, b])
model = keras.Model(inp, layers.Dense(1)(layers.concatenate([a * b, diff])))
fill(model, 0.6)
base.trainable = False
model.compile(keras.optimizers.SGD(0.1), "mse")
h1 = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
base.trainable = True
base.get_layer("d").trainable = False
model.compile(keras.optimizers.SGD(0.1), "mse")
h2 = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
history = {"a": h1, "b": h2}
outputs = {"n": np.array([len(model.trainable_weights), len(model.non_trainable_weights), model.count_params()]), "base": base.predict(x[:3, :2], verbose=0)}
weights = model.get_weights()
