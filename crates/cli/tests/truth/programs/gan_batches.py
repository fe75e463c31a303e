"""Batch losses by hand: train_on_batch in a GAN."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

LATENT = 6


def make_generator():
    return keras.Sequential([keras.Input((LATENT,)), layers.Dense(12), layers.LeakyReLU(),
                             layers.Dense(8, activation="tanh")], name="generator")


def make_discriminator():
    model = keras.Sequential([keras.Input((8,)), layers.Dense(10), layers.LeakyReLU(),
                              layers.Dense(1, activation="sigmoid")], name="discriminator")
    model.compile(optimizer="adam", loss="binary_crossentropy")
    return model


generator, discriminator = make_generator(), make_discriminator()
discriminator.trainable = False
noise = keras.Input((LATENT,))
gan = keras.Model(noise, discriminator(generator(noise)), name="gan")
gan.compile(optimizer="adam", loss="binary_crossentropy")
real_data = np.random.uniform(-1, 1, size=(64, 8))
batch = 16
for step in range(2):
    z = np.random.normal(0, 1, (batch, LATENT))
    fake = generator.predict(z, verbose=0)
    real = real_data[np.random.randint(0, len(real_data), batch)]
    x = np.concatenate([real, fake])
    y = np.concatenate([np.ones((batch, 1)), np.zeros((batch, 1))])
    d_loss = discriminator.train_on_batch(x, y)
    g_loss = gan.train_on_batch(np.random.normal(size=(batch, LATENT)), np.ones((batch, 1)))
print("done")
