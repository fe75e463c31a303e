"""A subclassed model with a custom layer and get_config."""
import numpy as np
import tensorflow as tf
from tensorflow import keras


@keras.utils.register_keras_serializable(package="demo")
class GatedUnit(keras.layers.Layer):
    def __init__(self, units, gate="sigmoid", **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.gate = keras.activations.get(gate)

    def build(self, input_shape):
        self.w = self.add_weight(name="w", shape=(input_shape[-1], self.units), initializer="glorot_uniform")
        self.v = self.add_weight(name="v", shape=(input_shape[-1], self.units), initializer="glorot_uniform")
        super().build(input_shape)

    def call(self, inputs):
        return tf.matmul(inputs, self.w) * self.gate(tf.matmul(inputs, self.v))

    def get_config(self):
        config = super().get_config()
        config.update({"gate": keras.activations.serialize(self.gate)})
        return config


class Regressor(keras.Model):
    def __init__(self, hidden, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [GatedUnit(units) for units in hidden]
        self.norm = keras.layers.LayerNormalization()
        self.head = keras.layers.Dense(1)

    def call(self, inputs, training=False):
        x = inputs
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


model = Regressor([16, 8])
model.compile(optimizer="adam", loss="mse")
x, y = np.random.rand(24, 5).astype("float32"), np.random.rand(24, 1).astype("float32")
model.fit(x, y, epochs=1, batch_size=8, verbose=0)
model.summary()
print(len(model.trainable_variables))
unit = GatedUnit.from_config(GatedUnit(3).get_config())
print(unit(tf.ones((2, 4))).shape)
