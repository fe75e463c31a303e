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

class VQ(layers.Layer):
    def __init__(self, k, d, beta=0.25, **kw):
        super().__init__(**kw)
        self.k, self.d, self.beta = k, d, beta
    def build(self, s):
        self.emb = self.add_weight(shape=(self.d, self.k), initializer="ones", name="emb")
    def call(self, x):
        s = tf.shape(x)
        flat = tf.reshape(x, [-1, self.d])
        dist = tf.reduce_sum(flat ** 2, 1, keepdims=True) + tf.reduce_sum(self.emb ** 2, 0) - 2 * tf.matmul(flat, self.emb)
        idx = tf.argmin(dist, 1)
        q = tf.matmul(tf.one_hot(idx, self.k), self.emb, transpose_b=True)
        q = tf.reshape(q, s)
        self.add_loss(self.beta * tf.reduce_mean((tf.stop_gradient(q) - x) ** 2))
        self.add_loss(tf.reduce_mean((q - tf.stop_gradient(x)) ** 2))
        return x + tf.stop_gradient(q - x)
x = np.sin(np.arange(8 * 6) * 0.31).reshape(8, 6).astype("float32")
inp = keras.Input((6,))
z = layers.Dense(4)(inp)
q = VQ(5, 2)(layers.Reshape((2, 2))(z))
out = layers.Dense(6)(layers.Flatten()(q))
model = keras.Model(inp, out)
fill(model, 0.5)
model.compile("adam", "mse")
history = model.fit(x, x, batch_size=4, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x[:2], verbose=0)
weights = model.get_weights()
