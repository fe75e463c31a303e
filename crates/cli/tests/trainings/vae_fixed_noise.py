"""A variational autoencoder whose noise is an input; its KL term by add_loss in a layer."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Sampling(layers.Layer):
    def call(self, inputs):
        mean, log_var, noise = inputs
        self.add_loss(-0.05 * tf.reduce_mean(1 + log_var - tf.square(mean) - tf.exp(log_var)))
        return mean + tf.exp(0.5 * log_var) * noise


x = (0.5 + 0.5 * np.sin(np.arange(10 * 6) * 0.47)).reshape(10, 6).astype("float32")
noise = np.cos(np.arange(10 * 2) * 1.7).reshape(10, 2).astype("float32")
data, eps = keras.Input((6,)), keras.Input((2,))
h = layers.Dense(5, activation="swish")(data)
z = Sampling()([layers.Dense(2)(h), layers.Dense(2)(h), eps])
out = layers.Dense(6, activation="sigmoid")(layers.Dense(5, activation="gelu")(z))
model = keras.Model([data, eps], out)
model.set_weights([0.5 * np.cos(np.arange(w.size) * 0.9 + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
model.compile(keras.optimizers.Nadam(0.01, epsilon=1e-3), keras.losses.BinaryCrossentropy())
history = model.fit([x, noise], x, batch_size=4, epochs=4, shuffle=False, verbose=0)
prediction = model.predict([x[:2], noise[:2]], verbose=0)
weights = model.get_weights()
