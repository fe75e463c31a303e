"""Spam or not: a Tokenizer, padded sequences and a bidirectional LSTM, with class weights."""
import re
from collections import Counter

import numpy as np
from tensorflow.keras.layers import LSTM, Bidirectional, Dense, Dropout, Embedding, SpatialDropout1D
from tensorflow.keras.models import Sequential
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.utils import to_categorical

texts = [
    "Win a FREE prize now!!!", "are we still on for lunch?", "URGENT: claim your reward", "see you at 8",
    "free entry in a weekly draw", "can you send me the notes", "call now to win cash", "happy birthday!",
] * 4
tags = ["spam", "ham"] * 16


def clean(text):
    text = text.lower()
    return re.sub(r"[^a-z0-9 ]", "", text)


texts = [clean(t) for t in texts]
names = sorted(set(tags))
labels = np.array([names.index(t) for t in tags])
counts = Counter(labels.tolist())
class_weight = {k: len(labels) / (len(counts) * v) for k, v in counts.items()}

MAX_WORDS, MAX_LEN = 200, 12
tokenizer = Tokenizer(num_words=MAX_WORDS, oov_token="<oov>")
tokenizer.fit_on_texts(texts)
x = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=MAX_LEN, padding="post")
y = to_categorical(labels, num_classes=len(names))

model = Sequential([
    Embedding(MAX_WORDS, 16),
    SpatialDropout1D(0.2),
    Bidirectional(LSTM(8, return_sequences=True)),
    Bidirectional(LSTM(4)),
    Dropout(0.5),
    Dense(len(names), activation="softmax"),
])
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x, y, epochs=1, batch_size=8, class_weight=class_weight, verbose=0)

new = pad_sequences(tokenizer.texts_to_sequences([clean("free cash")]), maxlen=MAX_LEN, padding="post")
probabilities = model.predict(new, verbose=0)[0]
print(dict(zip(names, probabilities)), names[int(np.argmax(probabilities))])
