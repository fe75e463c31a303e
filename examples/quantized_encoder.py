"""An encoder behind a rounding Lambda: it builds, fits, and its first layer never learns."""

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

features = keras.Input((16,), name="features")
code = layers.Dense(8, activation="sigmoid", name="encoder")(features)
bits = layers.Lambda(lambda t: tf.round(t), name="binarize")(code)
restored = layers.Dense(16, name="decoder")(bits)

autoencoder = keras.Model(features, restored)
autoencoder.compile(optimizer="adam", loss="mse")

samples = np.random.rand(256, 16).astype("float32")
autoencoder.fit(samples, samples, epochs=2, batch_size=32)
