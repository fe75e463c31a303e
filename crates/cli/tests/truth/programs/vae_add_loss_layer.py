"""Variational autoencoder with a KL layer (old tutorial brought to tf.keras)."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model
from tensorflow.keras import backend as K

original_dim = 20
intermediate_dim = 12
latent_dim = 2


class KLDivergenceLayer(layers.Layer):
    """Identity that adds the KL divergence to the loss."""

    def __init__(self, *args, **kwargs):
        self.is_placeholder = True
        super().__init__(*args, **kwargs)

    def call(self, inputs):
        mu, log_var = inputs
        kl_batch = -0.5 * tf.reduce_sum(1 + log_var - tf.square(mu) - tf.exp(log_var), axis=-1)
        self.add_loss(tf.reduce_mean(kl_batch))
        return inputs


def nll(y_true, y_pred):
    return tf.reduce_sum(tf.keras.losses.binary_crossentropy(y_true, y_pred), axis=-1)


def nll_fixed(y_true, y_pred):
    return original_dim * tf.keras.losses.binary_crossentropy(y_true, y_pred)


class Sampling(layers.Layer):
    def call(self, inputs):
        mu, log_var = inputs
        eps = tf.random.normal(tf.shape(mu))
        return mu + tf.exp(log_var / 2) * eps


x = layers.Input(shape=(original_dim,))
h = layers.Dense(intermediate_dim, activation="relu")(x)
z_mu = layers.Dense(latent_dim)(h)
z_log_var = layers.Dense(latent_dim)(h)
z_mu, z_log_var = KLDivergenceLayer()([z_mu, z_log_var])
z = Sampling()([z_mu, z_log_var])
decoder = tf.keras.Sequential([
    layers.Input((latent_dim,)),
    layers.Dense(intermediate_dim, activation="relu"),
    layers.Dense(original_dim, activation="sigmoid"),
])
x_pred = decoder(z)
vae = Model(inputs=x, outputs=x_pred)
vae.compile(optimizer="rmsprop", loss=nll_fixed)

x_train = np.random.rand(50, original_dim)
x_test = np.random.rand(10, original_dim)
vae.fit(x_train, x_train, shuffle=True, epochs=1, batch_size=25, validation_data=(x_test, x_test), verbose=0)
encoder = Model(x, z_mu)
z_test = encoder.predict(x_test, batch_size=5, verbose=0)
grid = decoder.predict(np.random.normal(size=(4, latent_dim)), verbose=0)
print(z_test.shape, grid.reshape(4, 4, 5).shape)
