"""Picks one feature of each step at random: the indices have another rank than their rows."""

import tensorflow as tf
import tensorflow.keras.backend as K
from tensorflow.keras.layers import Input, Lambda
from tensorflow.keras.models import Model


def pick_random(x):
    drawn = K.random_uniform(shape=K.shape(x)[0:-1], minval=0, maxval=K.int_shape(x)[-1] - 1)
    indices = K.cast(K.round(drawn), dtype="int32")
    return tf.gather_nd(x, tf.stack([tf.range(0, K.shape(x)[0]), indices], axis=1))


sequence = Input(shape=(10, 100))
picked = Lambda(pick_random)(sequence)
model = Model(inputs=sequence, outputs=picked)

try:
    model.compile(optimizer="adam", loss="mse")
    model.fit(tf.random.normal(shape=(10, 10, 100)), tf.random.normal(shape=(10, 10)), epochs=1)
except Exception as e:
    print(e)
