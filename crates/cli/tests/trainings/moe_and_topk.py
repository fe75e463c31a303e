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


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2, 0.7])).astype("float32")
y = np.abs(x).sum(axis=1, keepdims=True)


class Moe(layers.Layer):
    def __init__(self, n):
        super().__init__()
        self.experts = [layers.Dense(3, activation="relu") for _ in range(n)]
        self.gate = layers.Dense(n)

    def call(self, x):
        g = self.gate(x)
        top, idx = tf.math.top_k(g, 2)
        mask = tf.reduce_sum(tf.one_hot(idx, len(self.experts)), axis=1)
        p = tf.nn.softmax(g, axis=-1) * mask
        p = p / tf.reduce_sum(p, axis=-1, keepdims=True)
        self.add_loss(0.01 * tf.reduce_sum(tf.reduce_mean(p, axis=0) ** 2))
        return tf.einsum("be,ebd->bd", p, tf.stack([e(x) for e in self.experts]))


model = keras.Sequential([keras.Input((4,)), Moe(3), layers.Dense(1)])
fill(model, 0.5)
model.compile(keras.optimizers.SGD(0.05), "mse")
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
