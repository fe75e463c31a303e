"""A tiny GAN with two optimizers in train_step; the noise comes with the data."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class GAN(keras.Model):
    def __init__(self, generator, critic):
        super().__init__()
        self.generator, self.critic = generator, critic
        self.g_loss = keras.metrics.Mean(name="g_loss")
        self.d_loss = keras.metrics.Mean(name="d_loss")

    def compile(self, g_optimizer, d_optimizer, loss_fn):
        super().compile()
        self.g_optimizer, self.d_optimizer, self.loss_fn = g_optimizer, d_optimizer, loss_fn

    @property
    def metrics(self):
        return [self.g_loss, self.d_loss]

    def train_step(self, data):
        real, noise = data
        fake = self.generator(noise)
        both = tf.concat([real, fake], axis=0)
        labels = tf.concat([tf.ones((tf.shape(real)[0], 1)), tf.zeros((tf.shape(real)[0], 1))], axis=0)
        with tf.GradientTape() as tape:
            d_loss = self.loss_fn(labels, self.critic(both))
        grads = tape.gradient(d_loss, self.critic.trainable_weights)
        self.d_optimizer.apply_gradients(zip(grads, self.critic.trainable_weights))
        with tf.GradientTape() as tape:
            g_loss = self.loss_fn(tf.ones((tf.shape(real)[0], 1)), self.critic(self.generator(noise)))
        grads = tape.gradient(g_loss, self.generator.trainable_weights)
        self.g_optimizer.apply_gradients(zip(grads, self.generator.trainable_weights))
        self.d_loss.update_state(d_loss)
        self.g_loss.update_state(g_loss)
        return {"d_loss": self.d_loss.result(), "g_loss": self.g_loss.result()}


generator = keras.Sequential([keras.Input((2,)), layers.Dense(4, activation="relu"), layers.Dense(3)])
critic = keras.Sequential([keras.Input((3,)), layers.Dense(4), layers.LeakyReLU(0.2), layers.Dense(1)])
for net in (generator, critic):
    net.set_weights([0.6 * np.sin(np.arange(w.size) + 0.5).reshape(w.shape) for w in net.get_weights()])
real = np.sin(np.arange(30).reshape(10, 3) * 0.7).astype("float32")
noise = np.cos(np.arange(20).reshape(10, 2) * 0.9).astype("float32")
gan = GAN(generator, critic)
gan.compile(keras.optimizers.Adam(0.01, beta_1=0.5, epsilon=1e-3), keras.optimizers.SGD(0.05), keras.losses.BinaryCrossentropy(from_logits=True))
data = tf.data.Dataset.from_tensor_slices((real, noise)).batch(4)
history = gan.fit(data, epochs=3, verbose=0)
prediction = generator.predict(noise[:3], verbose=0)
weights = generator.get_weights() + critic.get_weights()
