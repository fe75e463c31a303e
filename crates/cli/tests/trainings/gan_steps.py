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


class Two(keras.Model):
    def __init__(self, g, d):
        super().__init__()
        self.g, self.d = g, d

    def compile(self, go, do, loss_fn):
        super().compile()
        self.go, self.do, self.loss_fn = go, do, loss_fn
        self.gm, self.dm = keras.metrics.Mean(name="gl"), keras.metrics.Mean(name="dl")

    @property
    def metrics(self):
        return [self.gm, self.dm]

    def train_step(self, real):
        n = tf.shape(real)[0]
        z = tf.sin(tf.reshape(tf.range(n * 2, dtype=tf.float32), (n, 2)))
        with tf.GradientTape() as t:
            fake = self.g(z, training=True)
            both = tf.concat([self.d(real), self.d(fake)], 0)
            labels = tf.concat([tf.ones((n, 1)), tf.zeros((n, 1))], 0)
            dl = self.loss_fn(labels, both)
        self.do.apply_gradients(zip(t.gradient(dl, self.d.trainable_weights), self.d.trainable_weights))
        with tf.GradientTape() as t:
            gl = self.loss_fn(tf.ones((n, 1)), self.d(self.g(z)))
        self.go.apply_gradients(zip(t.gradient(gl, self.g.trainable_weights), self.g.trainable_weights))
        self.gm.update_state(gl)
        self.dm.update_state(dl)
        return {m.name: m.result() for m in self.metrics}


g = keras.Sequential([layers.Input((2,)), layers.Dense(4, "tanh"), layers.BatchNormalization(), layers.Dense(3)])
d = keras.Sequential([layers.Input((3,)), layers.Dense(4), layers.LeakyReLU(), layers.Dense(1)])
fill(g)
fill(d)
model = Two(g, d)
model.compile(keras.optimizers.Adam(0.01, beta_1=0.5), keras.optimizers.RMSprop(0.01), keras.losses.BinaryCrossentropy(from_logits=True))
x = np.cos(np.arange(30) * 0.2).reshape(10, 3).astype("float32")
history = model.fit(x, batch_size=4, epochs=3, shuffle=False, verbose=0)
outputs = {"g": g.predict(np.ones((2, 2), "float32"), verbose=0), "d": d.predict(x[:2], verbose=0)}
weights = g.get_weights() + d.get_weights()
