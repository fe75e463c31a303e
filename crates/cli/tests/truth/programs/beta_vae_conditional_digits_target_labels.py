"""A conditional VAE: labels one-hot beside pictures, a sampling layer, KL added by add_loss."""
import numpy as np
import keras
import tensorflow as tf
from keras import layers

SIDE, CLASSES, LATENT = 14, 10, 4


class Sampling(layers.Layer):
    def call(self, inputs):
        mean, log_var = inputs
        eps = tf.random.normal(tf.shape(mean))
        self.add_loss(-0.5 * tf.reduce_mean(1 + log_var - tf.square(mean) - tf.exp(log_var)))
        return mean + tf.exp(0.5 * log_var) * eps


image = keras.Input((SIDE, SIDE, 1))
label = keras.Input((CLASSES,))
x = layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(image)
x = layers.Flatten()(x)
x = layers.Concatenate()([x, label])
x = layers.Dense(16, activation="relu")(x)
z_mean, z_log_var = layers.Dense(LATENT, name="z_mean")(x), layers.Dense(LATENT, name="z_log_var")(x)
z = Sampling(name="z")([z_mean, z_log_var])
encoder = keras.Model([image, label], [z_mean, z_log_var, z], name="encoder")
z_in, c_in = keras.Input((LATENT,)), keras.Input((CLASSES,))
y = layers.Concatenate()([z_in, c_in])
y = layers.Dense(7 * 7 * 8, activation="relu")(y)
y = layers.Reshape((7, 7, 8))(y)
y = layers.Conv2DTranspose(8, 3, strides=2, padding="same", activation="relu")(y)
y = layers.Conv2DTranspose(1, 3, padding="same", activation="sigmoid")(y)
decoder = keras.Model([z_in, c_in], y, name="decoder")
cvae = keras.Model([image, label], decoder([encoder([image, label])[2], label]), name="cvae")
cvae.compile(optimizer="adam", loss="binary_crossentropy")
pictures = np.random.rand(50, SIDE, SIDE, 1).astype("float32")
digits = np.random.randint(0, CLASSES, 50)
hot = keras.utils.to_categorical(digits, CLASSES)
cvae.fit([pictures, hot], hot, batch_size=10, epochs=1, verbose=0)
grid = decoder.predict([np.random.randn(CLASSES, LATENT), np.eye(CLASSES)], verbose=0)
print(grid.reshape(CLASSES, SIDE, SIDE).shape)
