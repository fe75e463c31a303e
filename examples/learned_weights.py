"""Weights that are meant to be learned, but are drawn anew on every call."""

import tensorflow as tf
import tensorflow.keras.backend as K
from tensorflow.keras.layers import Input, Lambda
from tensorflow.keras.models import Model


def weighted_sum(x):
    weights = K.random_normal(shape=(K.int_shape(x)[2],), mean=0.0, stddev=1.0)
    return K.sum(x * weights, axis=2)


sequence = Input(shape=(10, 100))
summed = Lambda(weighted_sum)(sequence)
model = Model(inputs=sequence, outputs=summed)

model.compile(optimizer="adam", loss="mse")
model.fit(tf.random.normal(shape=(10, 10, 100)), tf.random.normal(shape=(10, 10)), epochs=1)
