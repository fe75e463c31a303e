import numpy as np
import tensorflow as tf
from tensorflow import keras
m = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, kernel_initializer="ones", name="d1"), keras.layers.BatchNormalization(name="bn"), keras.layers.Dense(1, kernel_initializer="ones", name="d2")], name="s")
print([w.name for w in m.weights])
print(m.layers, m.get_layer("d1"))
m.compile(keras.optimizers.SGD(0.01), "mse", metrics=["mae"])
print(m.optimizer.learning_rate, m.metrics_names)
print(m.layers[0].bias)
print(keras.metrics.Mean(name="q"), m.layers[0].kernel.dtype, m.layers[0].kernel.trainable)
v = tf.Variable([1.0, 2.0])
print(v.assign_add([1.0, 1.0]), v.assign([3.0, 4.0]), v.assign_sub([1.0, 1.0]).numpy(), v.trainable, v.dtype)
v.assign([0.0, 1.0]).assign_add([5.0, 5.0])
print(v.numpy(), f"{v[0]:.2f} {tf.constant([1.0, 2.0])} {tf.constant(2.5):.3f} {np.array([1, 2])}")
print(tf.constant("text").numpy(), tf.constant("text").numpy().decode())
try:
    tf.ones(3) + tf.ones(4)
except tf.errors.InvalidArgumentError as e:
    print(e)
try:
    print(f"{np.zeros(2):.2f}")
except TypeError as e:
    print(e)
