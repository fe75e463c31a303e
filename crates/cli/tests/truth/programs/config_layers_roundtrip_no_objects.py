"""Custom layers, saved and loaded again with custom_objects, cloned, rebuilt from a config."""
import os
import tempfile
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Linear(keras.layers.Layer):
    def __init__(self, units=32, regularize=False, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.regularize = regularize

    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="random_normal", trainable=True, name="w")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True, name="b")
        super().build(input_shape)

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units, "regularize": self.regularize})
        return config


class Residual(layers.Layer):
    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, x):
        return x + self.inner(x)

    def get_config(self):
        return {**super().get_config(), "inner": keras.layers.serialize(self.inner)}

    @classmethod
    def from_config(cls, config):
        config["inner"] = keras.layers.deserialize(config["inner"], custom_objects={"Linear": Linear})
        return cls(**config)


inputs = keras.Input((6,))
x = Linear(8)(inputs)
x = Residual(Linear(8))(x)
outputs = layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
model.compile("adam", "mse")
data, target = np.random.rand(20, 6).astype("float32"), np.random.rand(20, 1)
model.fit(data, target, verbose=0)
path = os.path.join(tempfile.mkdtemp(), "net.keras")
model.save(path)
again = keras.models.load_model(path)
np.testing.assert_allclose(model.predict(data, verbose=0), again.predict(data, verbose=0), rtol=1e-4)
with keras.utils.custom_object_scope({"Linear": Linear, "Residual": Residual}):
    copy = keras.models.clone_model(model)
copy.set_weights(model.get_weights())
print(len(copy.weights), type(copy.layers[1]).__name__)
