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


@tf.custom_gradient
def clipped(v):
    def grad(up):
        return tf.clip_by_value(up, -0.05, 0.05)
    return tf.identity(v), grad


@tf.custom_gradient
def ste(v):
    return tf.round(v), lambda up: up * tf.cast(tf.abs(v) < 1, v.dtype)


@tf.custom_gradient
def two(a, b):
    def grad(ua, ub):
        return ua * b, ub * a * 2.0
    return (a + b, a * b), grad


class Odd(layers.Layer):
    def call(self, x):
        s, p = two(x, clipped(x) * 0.5)
        return ste(s) + p


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2])).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([layers.Input((3,)), layers.Dense(4), Odd(), layers.Dense(1)])
fill(model, 0.8)
model.compile(keras.optimizers.SGD(0.05), "mse")
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
a, b = tf.constant([1.0, 2.0]), tf.constant([3.0, 0.5])
with tf.GradientTape() as tape:
    tape.watch([a, b])
    s, p = two(a, b)
    z = tf.reduce_sum(s * s + p)
gradients = tape.gradient(z, [a, b])
weights = model.get_weights()
