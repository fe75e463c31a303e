"""Sentiment with padded sequences of word numbers."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences

texts = ["a fine film", "dull and long", "the best of the year by far", "bad", "not bad at all", "so so"] * 8
labels = [1, 0, 1, 0, 1, 0] * 8
words = sorted({word for text in texts for word in text.split()})
index = {word: number + 1 for number, word in enumerate(words)}
sequences = [[index[word] for word in text.split()] for text in texts]
maxlen = max(map(len, sequences))
x = pad_sequences(sequences, maxlen=maxlen, padding="post")
y = np.array(labels)
print(x.shape, len(index))

model = keras.Sequential([
    layers.Embedding(len(index), 8),
    layers.GlobalAveragePooling1D(),
    layers.Dense(4, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=2, batch_size=12, verbose=0)
print(model.predict(x[:2], verbose=0).shape)
