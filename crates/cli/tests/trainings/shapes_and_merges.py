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


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2, 0.9, 0.7, 1.1])).astype("float32")
y = x.sum(axis=1, keepdims=True)
inp = keras.Input((6,))
a = layers.Reshape((2, 3))(inp)
b = layers.Permute((2, 1))(a)
d1 = layers.Dot(axes=(2, 1))([a, b])
d2 = layers.Dot(axes=-1, normalize=True)([layers.Flatten()(a), layers.Flatten()(b)])
r = layers.RepeatVector(3)(d2)
m = layers.Maximum()([a, layers.Permute((2, 1))(b) * 0.5])
n = layers.Minimum()([a, m])
s = layers.Subtract()([m, n])
mu = layers.Multiply()([s, a])
av = layers.Average()([mu, a, n])
e = layers.EinsumDense("abc,cd->abd", output_shape=(None, 2), bias_axes="d", activation="tanh")(av)
h = layers.Concatenate(axis=-1)([layers.Flatten()(v) for v in (d1, r, av, e)])
model = keras.Model(inp, layers.Dense(1)(h))
fill(model, 0.4)
model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "log_cosh")
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
