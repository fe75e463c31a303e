"""Wasserstein GAN with gradient penalty whose generator makes 16x16 for 12x12 images."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

critic = keras.Sequential([
    keras.Input((12, 12, 1)),
    layers.Conv2D(4, 3, strides=2, padding="same"),
    layers.LeakyReLU(),
    layers.GlobalAveragePooling2D(),
    layers.Dense(1),
])
generator = keras.Sequential([
    keras.Input((8,)),
    layers.Dense(4 * 4 * 4),
    layers.Reshape((4, 4, 4)),
    layers.Conv2DTranspose(4, 3, strides=2, padding="same"),
    layers.Conv2DTranspose(1, 3, strides=2, padding="same", activation="tanh"),
])


class WGAN(keras.Model):
    def __init__(self, critic, generator):
        super().__init__()
        self.critic = critic
        self.generator = generator

    def compile(self, c_opt, g_opt):
        super().compile()
        self.c_opt = c_opt
        self.g_opt = g_opt

    def penalty(self, real, fake):
        n = tf.shape(real)[0]
        alpha = tf.random.uniform((n, 1, 1, 1))
        mixed = alpha * real + (1 - alpha) * fake
        with tf.GradientTape() as tape:
            tape.watch(mixed)
            score = self.critic(mixed)
        grads = tape.gradient(score, mixed)
        return tf.reduce_mean((tf.norm(tf.reshape(grads, (n, -1)), axis=1) - 1.0) ** 2)

    def train_step(self, real):
        n = tf.shape(real)[0]
        with tf.GradientTape() as tape:
            fake = self.generator(tf.random.normal((n, 8)))
            loss = tf.reduce_mean(self.critic(fake)) - tf.reduce_mean(self.critic(real))
            loss += 10.0 * self.penalty(real, fake)
        grads = tape.gradient(loss, self.critic.trainable_weights)
        self.c_opt.apply_gradients(zip(grads, self.critic.trainable_weights))
        return {"loss": loss}


wgan = WGAN(critic, generator)
wgan.compile(keras.optimizers.RMSprop(1e-4), keras.optimizers.RMSprop(1e-4))
real = np.random.uniform(-1, 1, (16, 12, 12, 1)).astype("float32")
wgan.fit(real, batch_size=8, epochs=1, verbose=0)
