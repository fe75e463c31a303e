"""Denoising diffusion on rings of points: schedules, sinusoidal times, an own train_step."""
import math
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

STEPS, DIM, WIDTH = 20, 2, 32


def time_embedding(t, size=16):
    half = size // 2
    freq = tf.exp(-math.log(1000.0) * tf.range(half, dtype=tf.float32) / half)
    angle = tf.cast(t, tf.float32)[:, None] * freq[None]
    return tf.concat([tf.sin(angle), tf.cos(angle)], axis=-1)


def build_net():
    x = layers.Input((DIM,))
    t = layers.Input((16,))
    h = layers.Dense(WIDTH, activation="swish")(layers.Concatenate()([x, t]))
    h = layers.Dense(WIDTH, activation="swish")(h)
    return keras.Model([x, t], layers.Dense(DIM)(h))


class Diffusion(keras.Model):
    def __init__(self, net, steps):
        super().__init__()
        self.net, self.steps = net, steps
        betas = np.linspace(1e-4, 0.05, steps, dtype="float32")
        self.alpha_bar = tf.constant(np.cumprod(1.0 - betas))
        self.betas = tf.constant(betas)

    def train_step(self, x):
        n = tf.shape(x)[0]
        t = tf.random.uniform((n,), 0, self.steps, dtype=tf.int32)
        noise = tf.random.normal(tf.shape(x))
        a = tf.gather(self.alpha_bar, t)[:, None]
        noisy = tf.sqrt(a) * x + tf.sqrt(1 - a) * noise
        with tf.GradientTape() as tape:
            predicted = self.net([noisy, time_embedding(t)], training=True)
            loss = tf.reduce_mean(tf.square(noise - predicted))
        grads = tape.gradient(loss, self.net.trainable_weights)
        self.optimizer.apply_gradients(zip(grads, self.net.trainable_weights))
        return {"loss": loss}

    def sample(self, n):
        x = tf.random.normal((n, DIM))
        for step in reversed(range(self.steps)):
            t = tf.fill([n], step)
            eps = self.net([x, time_embedding(t)], training=False)
            beta, bar = self.betas[step], self.alpha_bar[step][0]
            x = (x - beta / tf.sqrt(1 - bar) * eps) / tf.sqrt(1 - beta)
            if step > 0:
                x += tf.sqrt(beta) * tf.random.normal((n, DIM))
        return x


angle = np.random.uniform(0, 2 * np.pi, 200)
points = np.stack([np.cos(angle), np.sin(angle)], axis=1).astype("float32")
model = Diffusion(build_net(), STEPS)
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(points, batch_size=50, epochs=1, verbose=0)
print(model.sample(5).shape)
