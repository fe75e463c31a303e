import numpy as np
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.utils import to_categorical
from tensorflow.keras.models import Model
from tensorflow.keras.layers import Input, LSTM, Embedding, Dense, TimeDistributed, Dropout, Bidirectional, SpatialDropout1D

sentences = [["john", "lives", "in", "paris"], ["mary", "works", "at", "google", "now"], ["he", "slept"]] * 10
tags = [["B-PER", "O", "O", "B-LOC"], ["B-PER", "O", "O", "B-ORG", "O"], ["O", "O"]] * 10
words = sorted({w for s in sentences for w in s})
tagset = sorted({t for s in tags for t in s})
word2idx = {w: i + 1 for i, w in enumerate(words)}
tag2idx = {t: i for i, t in enumerate(tagset)}
num_words, num_tags = len(words) + 1, len(tagset)
max_len = 7
X = [[word2idx[w] for w in s] for s in sentences]
X = pad_sequences(maxlen=max_len, sequences=X, padding="post", value=0)
y = [[tag2idx[t] for t in s] for s in tags]
y = pad_sequences(maxlen=max_len, sequences=y, padding="post", value=tag2idx["O"])
y = [to_categorical(i, num_classes=num_tags) for i in y]

input_word = Input(shape=(max_len,))
model = Embedding(input_dim=num_words, output_dim=20)(input_word)
model = SpatialDropout1D(0.1)(model)
model = Bidirectional(LSTM(units=10, recurrent_dropout=0.1))(model)
out = TimeDistributed(Dense(num_tags, activation="softmax"))(model)
model = Model(input_word, out)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(X, np.array(y), batch_size=8, epochs=1, validation_split=0.1, verbose=0)
i = 3
p = model.predict(X[i], verbose=0)
p = np.argmax(p, axis=-1)
for w, pred in zip(X[i], p[0]):
    print(w, tagset[pred])
