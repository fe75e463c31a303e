"""Conditional GAN: labels one-hot encoded, but the embedding branch expects ids."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

latent = 8
n_classes = 4


def generator():
    z = layers.Input((latent,))
    y = layers.Input((1,), dtype="int32")
    e = layers.Embedding(n_classes, 8)(y)
    e = layers.Flatten()(e)
    h = layers.Concatenate()([z, e])
    h = layers.Dense(32, activation="relu")(h)
    out = layers.Dense(16, activation="tanh")(h)
    return keras.Model([z, y], out, name="generator")


def discriminator():
    x = layers.Input((16,))
    y = layers.Input((1,), dtype="int32")
    e = layers.Flatten()(layers.Embedding(n_classes, 16)(y))
    h = layers.Concatenate()([x, e])
    h = layers.Dense(32)(h)
    h = layers.LeakyReLU()(h)
    return keras.Model([x, y], layers.Dense(1, activation="sigmoid")(h), name="discriminator")


g, d = generator(), discriminator()
d.compile("adam", "binary_crossentropy", metrics=["accuracy"])
d.trainable = False
z = layers.Input((latent,))
y = layers.Input((1,), dtype="int32")
gan = keras.Model([z, y], d([g([z, y]), y]))
gan.compile("adam", "binary_crossentropy")

data = np.random.rand(32, 16).astype("float32")
labels = np.random.randint(0, n_classes, 32)
labels = keras.utils.to_categorical(labels, n_classes)

batch = 8
for step in range(2):
    i = np.random.randint(0, 32, batch)
    noise = np.random.normal(size=(batch, latent))
    fake = g.predict([noise, labels[i]], verbose=0)
    d.train_on_batch([data[i], labels[i]], np.ones((batch, 1)))
    d.train_on_batch([fake, labels[i]], np.zeros((batch, 1)))
    gan.train_on_batch([noise, labels[i]], np.ones((batch, 1)))
