"""A weighted sum over the features of a sequence, with K.dot. The exception is printed and lost."""

import tensorflow as tf
import tensorflow.keras.backend as K
from tensorflow.keras.layers import Input, Lambda
from tensorflow.keras.models import Model


def weighted_sum(x):
    weights = K.random_normal(shape=(K.int_shape(x)[2],), mean=0.0, stddev=1.0)
    return K.dot(x, weights)


sequence = Input(shape=(10, 100))
summed = Lambda(weighted_sum, output_shape=(100,))(sequence)
model = Model(inputs=sequence, outputs=summed)

try:
    model.compile(optimizer="adam", loss="mse")
    model.fit(tf.random.normal(shape=(10, 10, 100)), tf.random.normal(shape=(10, 100)), epochs=1)
except Exception as e:
    print(e)
