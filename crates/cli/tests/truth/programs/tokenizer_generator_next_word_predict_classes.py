"""Next-word model: n-gram prefixes, pad_sequences(padding='pre'), to_categorical."""
import numpy as np
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.utils import to_categorical
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Embedding, LSTM, Dense

corpus = """In the town of Athy one Jeremy Lanigan
Battered away til he hadnt a pound
His father died and made him a man again
Left him a farm and ten acres of ground""".lower().split("\n")
tokenizer = Tokenizer()
tokenizer.fit_on_texts(corpus)
total_words = len(tokenizer.word_index) + 1
input_sequences = []
for line in corpus:
    token_list = tokenizer.texts_to_sequences([line])[0]
    for i in range(1, len(token_list)):
        input_sequences.append(token_list[: i + 1])
max_len = max(len(s) for s in input_sequences)
input_sequences = np.array(pad_sequences(input_sequences, maxlen=max_len, padding="pre"))
xs, labels = input_sequences[:, :-1], input_sequences[:, -1]
ys = to_categorical(labels, num_classes=total_words)
model = Sequential()
model.add(Embedding(total_words, 12))
model.add(LSTM(16))
model.add(Dense(total_words, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(xs, ys, epochs=2, verbose=0)
seed = "his father"
for _ in range(3):
    tokens = pad_sequences(tokenizer.texts_to_sequences([seed]), maxlen=max_len - 1, padding="pre")
    predicted = model.predict_classes(tokens, verbose=0)[0]
    seed += " " + tokenizer.index_word.get(predicted, "")
print(len(seed.split(" ")))
