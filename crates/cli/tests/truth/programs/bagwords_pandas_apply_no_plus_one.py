"""Spam with pandas apply, Tokenizer, GloVe-like matrix: K2 preprocessing."""
import re
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Embedding, LSTM, Dense, SpatialDropout1D, Bidirectional
from tensorflow.keras.initializers import Constant

STOP = {"the", "a", "is", "to"}
df = pd.DataFrame({
    "Category": ["ham", "spam", "ham", "spam"] * 15,
    "Message": ["See you at the station", "WIN a free prize now!!!", "Call me when you arrive", "Free entry to a weekly comp"] * 15,
})


def clean(text):
    text = re.sub(r"[^a-z\s]", "", text.lower())
    return " ".join(w for w in text.split() if w not in STOP)


df["clean"] = df["Message"].apply(clean)
df["length"] = df["clean"].apply(lambda t: len(t.split()))
y = LabelEncoder().fit_transform(df["Category"])
MAXLEN, DIM = df["length"].max(), 12
X_train, X_test, y_train, y_test = train_test_split(df["clean"], y, test_size=0.25, random_state=7)
tok = Tokenizer(oov_token="<OOV>")
tok.fit_on_texts(X_train)
word_index = tok.word_index
X_train = pad_sequences(tok.texts_to_sequences(X_train), maxlen=MAXLEN, padding="post")
X_test = pad_sequences(tok.texts_to_sequences(X_test), maxlen=MAXLEN, padding="post")
vectors = {w: np.random.randn(DIM) for w in word_index}
embedding_matrix = np.zeros((len(word_index) + 1, DIM))
for word, i in word_index.items():
    vector = vectors.get(word)
    if vector is not None:
        embedding_matrix[i] = vector
model = Sequential([
    Embedding(len(word_index), DIM),
    SpatialDropout1D(0.2),
    Bidirectional(LSTM(8)),
    Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X_train, y_train, epochs=1, batch_size=16, validation_data=(X_test, y_test), verbose=0)
new = pad_sequences(tok.texts_to_sequences([clean("Free prize!")]), maxlen=MAXLEN, padding="post")
print(model.predict(new, verbose=0).shape, len(word_index) > 5)
