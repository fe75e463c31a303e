"""Per-sample and per-timestep weights, from a mask of padded positions."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

N, T, C = 40, 12, 5
lengths = np.random.randint(4, T + 1, size=N)
x = np.random.rand(N, T, 3).astype(np.float32)
y = np.random.randint(0, C, size=(N, T))
mask = (np.arange(T)[None, :] < lengths[:, None]).astype(np.float32)
print(mask.shape)

inputs = keras.Input(shape=(T, 3))
h = keras.layers.GRU(8, return_sequences=True)(inputs)
outputs = keras.layers.Dense(C, activation="softmax")(h)
model = keras.Model(inputs, outputs)
model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy", weighted_metrics=["accuracy"])
model.fit(x, y, sample_weight=mask, epochs=1, batch_size=8, verbose=0)
print(model.evaluate(x, y, sample_weight=mask, verbose=0)[0] >= 0)
ds = tf.data.Dataset.from_tensor_slices((x, y, mask, lengths)).batch(8)
model.fit(ds, epochs=1, verbose=0)
