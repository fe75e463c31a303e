"""Sentiment of sentences: vocabulary size taken from the tokenizer, plus one."""
import numpy as np
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Embedding, GlobalAveragePooling1D, Dense

docs = ["Well done!", "Good work", "Great effort", "nice work", "Excellent!",
        "Weak", "Poor effort!", "not good", "poor work", "Could have done better."]
labels = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
t = Tokenizer()
t.fit_on_texts(docs)
vocab_size = len(t.word_index) + 1
encoded = t.texts_to_sequences(docs)
max_length = max(len(s) for s in encoded)
padded = pad_sequences(encoded, maxlen=max_length, padding="post")
print(vocab_size, padded.shape)
embedding_matrix = np.zeros((vocab_size, 6))
embeddings_index = {w: np.random.rand(6) for w in ("good", "work", "poor")}
for word, i in t.word_index.items():
    vector = embeddings_index.get(word)
    if vector is not None:
        embedding_matrix[i] = vector
model = Sequential()
model.add(Embedding(vocab_size, 6, weights=[embedding_matrix], trainable=False))
model.add(GlobalAveragePooling1D())
model.add(Dense(1, activation="sigmoid"))
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["acc"])
model.fit(padded, labels, epochs=1, verbose=0)
