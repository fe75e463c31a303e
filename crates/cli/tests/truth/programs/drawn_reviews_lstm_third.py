"""Reviews as lists of word numbers of random lengths, padded, an embedding and an LSTM."""
import random
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.sequence import pad_sequences

random.seed(3)
VOCAB = 300
reviews = []
for _ in range(60):
    length = random.randint(8, 40)
    reviews.append([random.randint(1, VOCAB - 1) for _ in range(length)])
labels = np.array([random.randint(0, 1) for _ in range(60)])
print(max(len(r) for r in reviews) <= 40)
x = pad_sequences(reviews, maxlen=24, padding="post", truncating="post")
model = keras.Sequential([
    layers.Embedding(VOCAB // 3, 8),
    layers.LSTM(8),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x, labels, epochs=1, batch_size=20, verbose=0)
print(model.predict(x[:4], verbose=0).shape)
