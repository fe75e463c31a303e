"""Predicts the next character from batches that a generator makes for ever."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

text = "the quick brown fox jumps over the lazy dog. " * 20
chars = sorted(set(text))
char_to_index = {c: i for i, c in enumerate(chars)}
maxlen, step, batch_size = 20, 3, 16


def sequences(text):
    while True:
        starts = np.random.randint(0, len(text) - maxlen - 1, batch_size)
        x = np.zeros((batch_size, maxlen, len(chars)), dtype="float32")
        y = np.zeros((batch_size, 1), dtype="float32")
        for row, start in enumerate(starts):
            for t, char in enumerate(text[start : start + maxlen]):
                x[row, t, char_to_index[char]] = 1
            y[row, 0] = char_to_index[text[start + maxlen]]
        yield x, y


model = keras.Sequential([
    keras.Input(shape=(maxlen, len(chars))),
    layers.LSTM(16),
    layers.Dense(len(chars), activation="softmax"),
])
model.compile(loss="categorical_crossentropy", optimizer=keras.optimizers.RMSprop(learning_rate=0.01))


def sample(preds, temperature=1.0):
    preds = np.asarray(preds).astype("float64")
    preds = np.log(preds) / temperature
    exp_preds = np.exp(preds)
    preds = exp_preds / np.sum(exp_preds)
    return np.argmax(np.random.multinomial(1, preds, 1))


model.fit(sequences(text), steps_per_epoch=5, epochs=1, verbose=0)
sentence, generated = text[:maxlen], ""
for _ in range(3):
    x_pred = np.zeros((1, maxlen, len(chars)))
    for t, char in enumerate(sentence):
        x_pred[0, t, char_to_index[char]] = 1.0
    next_char = chars[sample(model.predict(x_pred, verbose=0)[0], 0.5)]
    sentence = sentence[1:] + next_char
    generated += next_char
print(len(generated))
