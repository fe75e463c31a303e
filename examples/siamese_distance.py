"""Two towers and the distance between them, written for Keras 2 with functions that Keras 3 dropped."""

import numpy as np
import keras
from keras import backend as K
from keras import layers


def distance(pair):
    a, b = pair
    return K.sqrt(K.sum(K.square(a - b), axis=1, keepdims=True))


tower = keras.Sequential([keras.Input((64,)), layers.Dense(32, activation="relu"), layers.Dense(16)])

left = keras.Input((64,))
right = keras.Input((64,))
apart = layers.Lambda(distance)([tower(left), tower(right)])
model = keras.Model([left, right], apart)
model.compile(optimizer="adam", loss="mse")

pairs = [np.random.rand(32, 64), np.random.rand(32, 64)]
model.fit(pairs, np.zeros((32, 1)), epochs=1)
