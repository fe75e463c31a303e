import numpy as np
import tensorflow as tf
from tensorflow import keras


class WeightNorm(keras.layers.Wrapper):
    def __init__(self, layer, **kwargs):
        super().__init__(layer, **kwargs)

    def build(self, input_shape):
        if not self.layer.built:
            self.layer.build(input_shape)
        self.v = self.layer.kernel
        self.g = self.add_weight(name="g", shape=(self.v.shape[-1],), initializer="ones", trainable=True)
        super().build(input_shape)

    def call(self, inputs):
        norm = tf.sqrt(tf.reduce_sum(tf.square(self.v), axis=list(range(len(self.v.shape) - 1))))
        kernel = self.v * (self.g / norm)
        out = tf.matmul(inputs, kernel)
        if self.layer.use_bias:
            out = out + self.layer.bias
        return self.layer.activation(out)

    def compute_output_shape(self, input_shape):
        return tuple(input_shape[:-1]) + (self.layer.units,)


def build_model(widths, features):
    inputs = keras.Input((features,))
    x = inputs
    for w in widths:
        x = WeightNorm(keras.layers.Dense(w, activation="elu"))(x)
    return keras.Model(inputs, WeightNorm(keras.layers.Dense(1))(x))


model = build_model([16, 8], 6)
model.compile(keras.optimizers.SGD(0.01), "mae")
data = np.random.rand(30, 6)
target = data.sum(1, keepdims=True)
h = model.fit(data, target, epochs=2, batch_size=10, verbose=0)
print(len(model.trainable_weights), h.history["loss"][-1] >= 0)
