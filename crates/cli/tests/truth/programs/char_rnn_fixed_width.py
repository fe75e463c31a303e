"""Characters in, next characters out."""
import numpy as np
import keras
from keras import layers

text = "the quick brown fox jumps over the lazy dog. " * 6
chars = sorted(set(text))
index = {c: i for i, c in enumerate(chars)}
SEQ, STEP = 20, 3
sentences, following = [], []
for i in range(0, len(text) - SEQ, STEP):
    sentences.append(text[i : i + SEQ])
    following.append(text[i + SEQ])
print(len(sentences), len(chars))

x = np.zeros((len(sentences), SEQ, len(chars)), dtype=bool)
y = np.zeros((len(sentences), len(chars)), dtype=bool)
for i, sentence in enumerate(sentences):
    for t, char in enumerate(sentence):
        x[i, t, index[char]] = 1
    y[i, index[following[i]]] = 1

model = keras.Sequential([
    keras.Input(shape=(SEQ, 26)),
    layers.LSTM(16, return_sequences=False),
    layers.Dense(len(chars), activation="softmax"),
])
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.RMSprop(learning_rate=0.01))


def sample(preds, temperature=1.0):
    preds = np.asarray(preds).astype("float64")
    preds = np.log(preds) / temperature
    exp = np.exp(preds)
    return np.argmax(np.random.multinomial(1, exp / np.sum(exp), 1))


model.fit(x, y, batch_size=32, epochs=1, verbose=0)
sentence, generated = text[:SEQ], ""
for _ in range(3):
    x_pred = np.zeros((1, SEQ, len(chars)))
    for t, char in enumerate(sentence):
        x_pred[0, t, index[char]] = 1.0
    preds = model.predict(x_pred, verbose=0)[0]
    char = chars[sample(preds, 0.5)]
    sentence, generated = sentence[1:] + char, generated + char
print(len(generated))
