"""NumPy arrays among tensors: what TensorFlow casts by itself and what it does not."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.default_rng(0)
ids = rng.integers(0, 50, size=(6, 10))
weights = rng.random((6, 10)).astype("float32")
offsets = np.array([1.0, 2.0, 3.0])

positions = tf.constant([1, 2, 3]) + offsets
coded = tf.one_hot(np.array([0.0, 1.0, 2.0]), 4)
index = tf.convert_to_tensor(weights * 10, dtype="int64")
print(positions.dtype, coded.shape, index.dtype)

embedding = keras.layers.Embedding(50, 8)
vectors = embedding(ids)
pooled = tf.reduce_sum(vectors * weights, axis=1)
scores = tf.matmul(pooled, rng.random((8, 3)).astype("float32"))
print(scores.shape)

inputs = keras.Input((10,), dtype="int32")
x = keras.layers.Embedding(50, 8)(inputs)
x = keras.layers.GlobalAveragePooling1D()(x)
outputs = keras.layers.Dense(3, activation="softmax")(x)
model = keras.Model(inputs, outputs)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(ids, rng.integers(0, 3, 6), epochs=1, verbose=0)
