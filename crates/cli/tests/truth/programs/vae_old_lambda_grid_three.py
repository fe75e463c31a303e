from keras.layers import Lambda, Input, Dense
from keras.models import Model
from keras.losses import mse, binary_crossentropy
from keras import backend as K
import tensorflow as tf
import numpy as np


def sampling(args):
    z_mean, z_log_var = args
    batch = tf.shape(z_mean)[0]
    dim = tf.shape(z_mean)[1]
    epsilon = tf.random.normal(shape=(batch, dim))
    return z_mean + tf.exp(0.5 * z_log_var) * epsilon


class KLLoss(tf.keras.layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        kl = 1 + z_log_var - tf.square(z_mean) - tf.exp(z_log_var)
        kl = -0.5 * tf.reduce_sum(kl, axis=-1)
        self.add_loss(tf.reduce_mean(kl))
        return z_mean


x_train = np.random.rand(64, 8, 8)
image_size = x_train.shape[1]
original_dim = image_size * image_size
x_train = np.reshape(x_train, [-1, original_dim]).astype("float32")

input_shape = (original_dim,)
intermediate_dim = 24
batch_size = 16
latent_dim = 2

inputs = Input(shape=input_shape, name="encoder_input")
x = Dense(intermediate_dim, activation="relu")(inputs)
z_mean = Dense(latent_dim, name="z_mean")(x)
z_log_var = Dense(latent_dim, name="z_log_var")(x)
z_mean = KLLoss()([z_mean, z_log_var])
z = Lambda(sampling, output_shape=(latent_dim,), name="z")([z_mean, z_log_var])
encoder = Model(inputs, [z_mean, z_log_var, z], name="encoder")

latent_inputs = Input(shape=(latent_dim,), name="z_sampling")
x = Dense(intermediate_dim, activation="relu")(latent_inputs)
outputs = Dense(original_dim, activation="sigmoid")(x)
decoder = Model(latent_inputs, outputs, name="decoder")

outputs = decoder(encoder(inputs)[2])
vae = Model(inputs, outputs, name="vae_mlp")


def reconstruction(y_true, y_pred):
    return original_dim * tf.reduce_mean(tf.square(y_true - y_pred), axis=-1)


vae.compile(optimizer="adam", loss=reconstruction)
vae.fit(x_train, x_train, epochs=2, batch_size=batch_size, validation_split=0.25, verbose=0)
m, lv, codes = encoder.predict(x_train, batch_size=batch_size, verbose=0)
grid = np.array([[xi, yi, 0.0] for yi in np.linspace(-1, 1, 3) for xi in np.linspace(-1, 1, 3)])
digits = decoder.predict(grid, verbose=0).reshape(9, image_size, image_size)
print(codes.shape, digits.shape)
