"""Layers that prepare data, outputs of a shared layer, mapped functions."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
layers = keras.layers
x = np.arange(32, dtype="float32").reshape(1, 4, 4, 2)
print(layers.Resizing(2, 2)(x).numpy().tolist())
print(layers.Resizing(3, 2, interpolation="nearest")(x).numpy().tolist())
print(layers.CenterCrop(2, 3)(x).numpy().tolist())
print(layers.Resizing(2, 3)(x[0]).dtype)
print(np.asarray(layers.Discretization(bin_boundaries=[-0.5, 0.5])(np.array([[-1.0, 0.5], [0.2, 3.0]]))).tolist())
print(np.asarray(layers.CategoryEncoding(num_tokens=4, output_mode="count")(
    np.array([[0, 1], [0, 0]]), count_weights=np.array([[0.5, 0.25], [0.5, 0.5]], "float32"))).tolist())
inputs = keras.Input((4, 4, 2))
model = keras.Model(inputs, layers.CenterCrop(1, 1)(layers.Resizing(3, 3)(inputs)))
print(model.output.shape, model.predict(x, verbose=0).tolist())
inputs = keras.Input((4,)); shared = layers.Dense(2, name="out", kernel_initializer="ones")
model = keras.Model(inputs, [shared(inputs), shared(inputs * 2.0)])
model.compile("sgd", "mse", metrics=[["mae"], ["mae"]])
print(sorted(model.fit(np.ones((2, 4)), [np.ones((2, 2)), np.ones((2, 2))], verbose=0).history) if keras.backend.backend() and not hasattr(keras, "ops") else "")
print(tf.constant([1, 2], shape=2).numpy().tolist(), tf.map_fn(lambda v: v * 2, np.array([1, 2])))
data = tf.data.Dataset.range(2).map(lambda v: {"a": [1, 2], "b": (v, [v])})
print(data.element_spec, [e["b"][1].numpy().tolist() for e in data])
print(tf.data.Dataset.range(2).map(lambda v: [v, v + 1]).element_spec)
print(float(keras.regularizers.L1(0.3)(tf.constant([1, 2]))), float(keras.regularizers.L2(2.0)(tf.constant([1.0, 2.0]))))
try:
    print(layers.GroupNormalization(groups=1)(tf.ones((5,))))
except Exception as e:
    print(type(e).__name__)
