import numpy as np
import tensorflow as tf


def batches(size):
    while True:
        yield np.ones((size, 10), "float32"), np.zeros((size, 1), "float32")


model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(12,))])
model.compile("sgd", "mse")
model.fit_generator(batches(4), 3, 1)
