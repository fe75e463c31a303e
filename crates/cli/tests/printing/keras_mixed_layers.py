"""Mixed precision in layers of the script, and the metrics that a model has before and after its first batch."""
import tensorflow as tf
from tensorflow import keras
import numpy as np
class Own(keras.layers.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(name="kernel", shape=(shape[-1], 2), initializer="ones")
        self.plain = self.add_weight(name="plain", shape=(2,), initializer="zeros", dtype="float32")
        self.count = self.add_weight(name="count", shape=(), initializer="zeros", trainable=False)
    def call(self, x):
        self.count.assign_add(1.0)
        y = x @ self.kernel + self.plain
        return y * tf.cast(self.count, y.dtype)
layer = Own(dtype="mixed_float16")
y = layer(np.ones((3, 4), "float32"))
print(y.dtype, y.numpy().tolist(), str(layer.kernel.dtype)[-10:], float(layer.count.numpy()))
try:
    print(tf.matmul(tf.ones((1, 4), tf.float16), layer.kernel).dtype)
except Exception as e:
    print(type(e).__name__)
inputs = keras.Input((4,))
model = keras.Model(inputs, Own(dtype="mixed_float16")(inputs))
print(model.output.dtype, len(model.weights))
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.cast(layer(tf.ones((1, 4))), tf.float32))
print(tape.gradient(loss, layer.kernel).dtype)
inputs = keras.Input((3,))
model = keras.Model(inputs, keras.layers.Dense(1)(inputs))
model.compile("sgd", "mse", metrics=["mae"])
print([m.name for m in model.metrics], model.metrics_names)
model.fit(np.zeros((4,3)), np.zeros((4,1)), verbose=0)
print([m.name for m in model.metrics], model.metrics_names)
model.compile("sgd", "mse", metrics=["mae"])
print([m.name for m in model.metrics], model.metrics_names)
model.evaluate(np.zeros((4,3)), np.zeros((4,1)), verbose=0)
print([m.name for m in model.metrics], model.metrics_names)
class Own(keras.Model):
    def train_step(self, data):
        x, y = data
        r = super().train_step(data)
        return {m.name: m.result() for m in self.metrics}
m = Own(inputs, keras.layers.Dense(1)(inputs))
m.compile("sgd", "mse", metrics=["mae"])
print("mae" in sorted(m.fit(np.zeros((4,3)), np.zeros((4,1)), verbose=0).history))
print(keras.mixed_precision.global_policy().name)
if not hasattr(keras, "ops"):
    first, second = keras.metrics.AUC(num_thresholds=5), keras.metrics.AUC(num_thresholds=5)
    first.update_state([0, 1], [0.2, 0.4])
    second.update_state([1, 0], [0.1, 0.9])
    second.merge_state([first])
    print(second.result().numpy())
