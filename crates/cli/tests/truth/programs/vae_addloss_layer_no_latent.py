"""VAE with a Sampling layer, add_loss and a decoder model; conditional on the label."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras import backend as K


class Sampling(layers.Layer):
    def call(self, inputs):
        mu, log_var = inputs
        batch, dim = tf.shape(mu)[0], tf.shape(mu)[1]
        return mu + tf.exp(0.5 * log_var) * tf.random.normal((batch, dim))


class KLLoss(layers.Layer):
    def __init__(self, weight=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.weight = weight

    def call(self, inputs):
        mu, log_var = inputs
        kl = -0.5 * tf.reduce_sum(1 + log_var - tf.square(mu) - tf.exp(log_var), axis=-1)
        self.add_loss(self.weight * tf.reduce_mean(kl))
        return mu, log_var


latent, classes, shape = 3, 5, (12, 12, 1)
image = keras.Input(shape, name="image")
label = keras.Input((classes,), name="label")
h = layers.Conv2D(8, 3, 2, padding="same", activation="relu")(image)
h = layers.Concatenate()([layers.Flatten()(h), label])
mu, log_var = layers.Dense(latent)(h), layers.Dense(latent)(h)
mu, log_var = KLLoss()([mu, log_var])
z = Sampling()([mu, log_var])
encoder = keras.Model([image, label], [mu, log_var, z], name="encoder")
z_in, l_in = keras.Input((2,)), keras.Input((classes,))
d = layers.Dense(6 * 6 * 8, activation="relu")(layers.Concatenate()([z_in, l_in]))
d = layers.Reshape((6, 6, 8))(d)
d = layers.Conv2DTranspose(8, 3, 2, padding="same", activation="relu")(d)
decoder = keras.Model([z_in, l_in], layers.Conv2D(1, 3, padding="same", activation="sigmoid")(d), name="decoder")
out = decoder([encoder([image, label])[2], label])
cvae = keras.Model([image, label], out, name="cvae")
cvae.compile("adam", "binary_crossentropy")
x = np.random.rand(24, *shape).astype("float32")
y = keras.utils.to_categorical(np.random.randint(0, classes, 24), classes)
cvae.fit([x, y], x, batch_size=8, epochs=1, verbose=0)
grid = decoder.predict([np.random.randn(classes, latent), np.eye(classes)], verbose=0)
print(grid.shape, len(cvae.losses))
