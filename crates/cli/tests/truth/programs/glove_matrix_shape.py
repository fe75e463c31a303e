"""Pre-trained embedding whose matrix has the wrong number of rows."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

vocab = ["", "[UNK]", "the", "cat", "sat", "on", "mat"]
dim = 5
vectors = {w: np.random.normal(size=dim) for w in vocab[2:]}
matrix = np.zeros((len(vocab), dim))
for i, word in enumerate(vocab):
    if word in vectors:
        matrix[i] = vectors[word]
embedding = layers.Embedding(len(vocab) + 1, dim,
                             embeddings_initializer=tf.keras.initializers.Constant(matrix), trainable=False)
inputs = tf.keras.Input((4,), dtype="int64")
x = embedding(inputs)
x = layers.Conv1D(8, 2, activation="relu")(x)
x = layers.GlobalMaxPooling1D()(x)
model = tf.keras.Model(inputs, layers.Dense(1)(x))
model.compile("adam", "mse")
model.fit(np.ones((3, 4), "int64"), np.ones(3), verbose=0)
