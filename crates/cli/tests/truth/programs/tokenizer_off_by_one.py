"""Sentiment of sentences: the vocabulary size lacks the plus one."""
# only 3
import numpy as np
from keras.layers import TextVectorization
from keras.utils import pad_sequences
from keras import layers, Sequential

docs = ["well done", "good work", "great effort", "nice work", "excellent",
        "weak", "poor effort", "not good", "poor work", "could have done better"]
labels = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
words = sorted({w for d in docs for w in d.split()})
word_index = {w: i + 1 for i, w in enumerate(words)}
encoded = [[word_index[w] for w in d.split()] for d in docs]
padded = pad_sequences(encoded, padding="post")
model = Sequential([
    layers.Embedding(len(word_index), 6),
    layers.GlobalAveragePooling1D(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["acc"])
model.fit(padded, labels, epochs=1, verbose=0)
