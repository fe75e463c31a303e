# A loss class that defines `__call__` itself has no `call`.
import tensorflow as tf
from tensorflow import keras


class Gap(keras.losses.Loss):
    def __call__(self, y_true, y_pred, sample_weight=None):
        return tf.reduce_mean(tf.abs(y_true - y_pred))


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
model.compile("sgd", loss=Gap())
model.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)
