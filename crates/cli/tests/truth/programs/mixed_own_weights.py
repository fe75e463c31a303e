import numpy as np
import tensorflow as tf
from tensorflow import keras


class Scaled(keras.layers.Layer):
    def build(self, input_shape):
        self.kernel = self.add_weight(name="kernel", shape=(input_shape[-1], 3), initializer="ones")
        self.calls = self.add_weight(name="calls", shape=(), initializer="zeros", trainable=False)

    def call(self, inputs):
        self.calls.assign_add(1.0)
        return tf.matmul(inputs, self.kernel)


keras.mixed_precision.set_global_policy("mixed_float16")
inputs = keras.Input((4,))
outputs = keras.layers.Dense(1, dtype="float32")(Scaled()(inputs))
model = keras.Model(inputs, outputs)
model.compile("sgd", "mse")
model.fit(np.ones((8, 4)), np.zeros((8, 1)), verbose=0)
print(Scaled()(tf.ones((2, 4))).dtype)
tf.matmul(tf.ones((1, 4), "float16"), model.layers[1].kernel)
