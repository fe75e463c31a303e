# What the script's own `call` does not take is refused before the layer is built.
from tensorflow import keras


class Scale(keras.layers.Layer):
    def build(self, shape):
        self.factor = self.add_weight(shape=(shape[-1],), name="factor")

    def call(self, inputs):
        return inputs * self.factor


Scale()(keras.Input((3,)), weight=2.0)
