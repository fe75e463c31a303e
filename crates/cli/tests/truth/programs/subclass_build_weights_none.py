"""Weights handed from one subclassed model to its copy."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Tower(keras.Model):
    def __init__(self, widths=(16, 8), classes=4):
        super().__init__()
        self.hidden = [layers.Dense(w, activation="relu") for w in widths]
        self.drop = layers.Dropout(0.1)
        self.out = layers.Dense(classes)

    def call(self, x, training=False):
        for layer in self.hidden:
            x = layer(x)
        return self.out(self.drop(x, training=training))


x = np.random.rand(20, 6).astype("float32")
first, second = Tower(), Tower()
first(x[:1])
second.set_weights(first.get_weights())
print(np.allclose(first(x), second(x), atol=1e-6))
