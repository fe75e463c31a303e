import numpy as np
import tensorflow as tf
from tensorflow import keras
class Linear(keras.layers.Layer):
    def __init__(self, units=4, **kwargs):
        super().__init__(**kwargs)
        self.units = units
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], self.units), initializer="ones", trainable=True, name="w")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True, name="b")
    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b
    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config
layer = Linear(3, name="lin")
print(layer.built, layer.weights)
y = layer(tf.ones((2, 2)))
print(y)
print(layer.built, len(layer.weights), [w.shape for w in layer.trainable_weights], layer.units)
print([v.name for v in layer.weights])
cfg = layer.get_config()
print(cfg["units"], cfg["name"], sorted(cfg)[:3])
again = Linear.from_config(cfg)
print(again.name, again.units, again.built)
class Counter(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.total = self.add_weight(shape=(), initializer="zeros", trainable=False, name="total")
    def call(self, x):
        self.total.assign_add(tf.reduce_sum(x))
        return x
c = Counter()
for v in ([1.0, 2.0], [3.0]):
    c(tf.constant(v))
print(c.total.numpy(), len(c.trainable_weights), len(c.non_trainable_weights))
class Block(keras.layers.Layer):
    def __init__(self, **kw):
        super().__init__(**kw)
        self.a = Linear(4)
        self.c = Linear(2)
    def call(self, x, training=False):
        x = tf.nn.relu(self.a(x))
        if training:
            x = x * 0.5
        return self.c(x)
block = Block()
print(block(tf.ones((1, 3))), block(tf.ones((1, 3)), training=True))
print(len(block.weights), block.count_params(), [tuple(w.shape) for w in block.weights])
model = keras.Sequential([keras.Input((2,)), Linear(3, name="first"), keras.layers.ReLU(), Linear(1, name="last")])
model.compile("sgd", "mse")
model.summary()
print(model.predict(np.ones((2, 2)), verbose=0))
h = model.fit(np.ones((4, 2)), np.full((4, 1), 6.0), epochs=1, verbose=0)
print(h.history)
