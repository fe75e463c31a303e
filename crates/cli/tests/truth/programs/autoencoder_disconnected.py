"""Encoder and decoder as models of their own."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

latent_dim, original_dim = 4, 20
encoder_inputs = keras.Input(shape=(original_dim,), name="encoder_input")
hidden = layers.Dense(12, activation="relu")(encoder_inputs)
latent = layers.Dense(latent_dim, name="latent")(hidden)
encoder = keras.Model(encoder_inputs, latent, name="encoder")

decoder_inputs = keras.Input(shape=(latent_dim,), name="z")
hidden = layers.Dense(12, activation="relu")(decoder_inputs)
decoded = layers.Dense(original_dim, activation="sigmoid")(hidden)
decoder = keras.Model(decoder_inputs, decoded, name="decoder")

autoencoder = keras.Model(decoder_inputs, decoder(encoder(encoder_inputs)), name="autoencoder")
autoencoder.compile(optimizer="adam", loss="binary_crossentropy")
data = np.random.rand(30, original_dim).astype("float32")
autoencoder.fit(data, data, epochs=1, batch_size=10, shuffle=True, verbose=0)
codes = encoder.predict(data, verbose=0)
print(codes.shape, decoder.predict(codes, verbose=0).shape)
