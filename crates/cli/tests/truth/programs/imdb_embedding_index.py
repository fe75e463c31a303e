"""IMDB with a vocabulary of 500 words for the data and of 400 for the Embedding."""
import numpy as np
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Embedding, LSTM, Dense

num_words = 500
reviews = [[1, 14, 22, 499, 43], [1, 194, 420, 194], [1, 30, 60, 498, 7, 8, 9]]
labels = np.array([1, 0, 1])
x = pad_sequences(reviews, maxlen=10)
model = Sequential([
    Embedding(400, 8),
    LSTM(4),
    Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(x, labels, epochs=1, verbose=0)
