import numpy as np
import tensorflow as tf
from tensorflow import keras

sentences = tf.ragged.constant([[1, 2, 3], [4, 5], [6, 7, 8, 9], [1]] * 6)
labels = np.array([0, 1, 1, 0] * 6)
dense = sentences
mask_model = keras.Sequential([
    keras.Input((None,), dtype="int32"),
    keras.layers.Embedding(10, 6, mask_zero=True),
    keras.layers.GRU(8, return_sequences=True),
    keras.layers.TimeDistributed(keras.layers.Dense(4, activation="relu")),
    keras.layers.GlobalAveragePooling1D(),
    keras.layers.Dense(1, activation="sigmoid"),
])
mask_model.compile("adam", "binary_crossentropy", metrics=["AUC"])
mask_model.fit(dense, labels, epochs=1, batch_size=8, verbose=0)
print(mask_model.predict(dense[:2], verbose=0).shape)
