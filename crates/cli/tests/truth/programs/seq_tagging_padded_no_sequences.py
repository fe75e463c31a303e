"""Named entity tagging: vocabularies by hand, padding, one-hot tags."""
import numpy as np
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.utils import to_categorical
from tensorflow.keras.models import Model
from tensorflow.keras.layers import Input, Embedding, LSTM, Bidirectional, TimeDistributed, Dense, SpatialDropout1D
from sklearn.model_selection import train_test_split

sentences = [
    [("John", "B-PER"), ("lives", "O"), ("in", "O"), ("New", "B-LOC"), ("York", "I-LOC")],
    [("Mary", "B-PER"), ("Smith", "I-PER"), ("sings", "O")],
    [("Paris", "B-LOC"), ("is", "O"), ("old", "O"), (".", "O")],
    [("We", "O"), ("met", "O"), ("John", "B-PER"), ("Smith", "I-PER"), ("in", "O"), ("Paris", "B-LOC")],
] * 6
words = sorted({w for s in sentences for w, _ in s})
tags = sorted({t for s in sentences for _, t in s})
word2idx = {w: i + 1 for i, w in enumerate(words)}
tag2idx = {t: i for i, t in enumerate(tags)}
n_words, n_tags, max_len = len(words) + 1, len(tags), 8
print(n_words, n_tags)

X = [[word2idx[w] for w, _ in s] for s in sentences]
X = pad_sequences(maxlen=max_len, sequences=X, padding="post", value=0)
y = [[tag2idx[t] for _, t in s] for s in sentences]
y = pad_sequences(maxlen=max_len, sequences=y, padding="post", value=tag2idx["O"])
y = [to_categorical(i, num_classes=n_tags) for i in y]
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.25, random_state=42)

inp = Input(shape=(max_len,))
m = Embedding(input_dim=n_words, output_dim=12)(inp)
m = SpatialDropout1D(0.1)(m)
m = Bidirectional(LSTM(units=10, recurrent_dropout=0.1))(m)
out = TimeDistributed(Dense(n_tags, activation="softmax"))(m)
model = Model(inp, out)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(X_tr, np.array(y_tr), batch_size=4, epochs=1, validation_split=0.2, verbose=0)
p = model.predict(np.array([X_te[0]]), verbose=0)
p = np.argmax(p, axis=-1)
print([(w, tags[t]) for w, t in zip(X_te[0], p[0])][:1] != [])
