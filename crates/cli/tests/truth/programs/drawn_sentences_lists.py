"""Sentences as lists of drawn words, a word index made of them."""
import random
import numpy as np
import tensorflow as tf

words = ["red", "green", "blue", "cat", "dog", "bird", "runs", "sleeps"]
sentences = [[random.choice(words) for _ in range(random.randint(3, 7))] for _ in range(80)]
index = {w: i + 1 for i, w in enumerate(words)}
ids = [[index[w] for w in s] for s in sentences]
x = tf.keras.utils.pad_sequences(ids, maxlen=7)
y = np.array([s[0] == "red" for s in sentences]).astype("int32")
model = tf.keras.Sequential([
    tf.keras.layers.Embedding(len(index) + 1, 4),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(2, activation="softmax"),
])
model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
model.build((None, 7))
model.fit(x, y, epochs=1, verbose=0)
print(x.shape)
