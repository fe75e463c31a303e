"""A variational autoencoder with its own train_step, as the books have it."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

latent = 2


class Sampling(layers.Layer):
    def call(self, z_mean, z_log_var):
        batch = tf.shape(z_mean)[0]
        size = tf.shape(z_mean)[1]
        epsilon = tf.random.normal(shape=(batch, size))
        return z_mean + tf.exp(0.5 * z_log_var) * epsilon


def encoder():
    inputs = keras.Input(shape=(28, 28, 1))
    x = layers.Conv2D(8, 3, activation="relu", strides=2, padding="same")(inputs)
    x = layers.Conv2D(16, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Flatten()(x)
    x = layers.Dense(16, activation="relu")(x)
    return keras.Model(inputs, [layers.Dense(latent, name="z_mean")(x), layers.Dense(latent, name="z_log_var")(x)])


def decoder():
    inputs = keras.Input(shape=(latent,))
    x = layers.Dense(7 * 7 * 16, activation="relu")(inputs)
    x = layers.Reshape((7, 7, 16))(x)
    x = layers.Conv2DTranspose(16, 3, activation="relu", strides=2, padding="same")(x)
    x = layers.Conv2DTranspose(8, 3, activation="relu", strides=2, padding="same")(x)
    return keras.Model(inputs, layers.Conv2D(1, 3, activation="sigmoid", padding="same")(x))


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.decoder, self.sampler = encoder, decoder, Sampling()
        self.total = keras.metrics.Mean(name="total_loss")
        self.kl = keras.metrics.Mean(name="kl_loss")

    def call(self, inputs):
        return self.encoder(inputs)

    @property
    def metrics(self):
        return [self.total, self.kl]

    def train_step(self, data):
        with tf.GradientTape() as tape:
            z_mean, z_log_var = self.encoder(data)
            z = self.sampler(z_mean, z_log_var)
            again = self.decoder(z)
            error = tf.reduce_mean(tf.reduce_sum(keras.losses.binary_crossentropy(data, again), axis=(1, 2)))
            kl = -0.5 * (1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var))
            loss = error + tf.reduce_mean(kl)
        gradients = tape.gradient(loss, self.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_weights))
        self.total.update_state(loss)
        self.kl.update_state(kl)
        return {"total_loss": self.total.result(), "kl_loss": self.kl.result()}


digits = np.random.random((32, 28, 28)).astype("float32")
digits = np.expand_dims(digits, -1)
vae = VAE(encoder(), decoder())
vae.compile(optimizer=keras.optimizers.Adam(), run_eagerly=False)
vae.fit(digits, epochs=1, batch_size=16, verbose=0)
grid = vae.decoder.predict(np.array([[0.0, 1.0, 2.0]]), verbose=0)
print(grid[0].reshape(28, 28).shape)
