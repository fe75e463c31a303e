"""Character-level generation: the seed for prediction has no batch axis."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

text = "the quick brown fox jumps over the lazy dog and runs away from the slow red cat " * 2
chars = sorted(set(text))
to_id = {c: i for i, c in enumerate(chars)}
maxlen = 16
sentences = [text[i:i + maxlen] for i in range(0, len(text) - maxlen, 2)]
targets = [text[i + maxlen] for i in range(0, len(text) - maxlen, 2)]
x = np.zeros((len(sentences), maxlen, len(chars)))
y = np.zeros((len(sentences), len(chars)))
for i, s in enumerate(sentences):
    for t, c in enumerate(s):
        x[i, t, to_id[c]] = 1
    y[i, to_id[targets[i]]] = 1
model = keras.Sequential()
model.add(layers.LSTM(16, input_shape=(maxlen, len(chars))))
model.add(layers.Dense(len(chars), activation="softmax"))
model.compile("adam", "categorical_crossentropy")
model.fit(x, y, batch_size=32, epochs=1, verbose=0)
seed = np.zeros((maxlen, len(chars)))
for t, c in enumerate(text[:maxlen]):
    seed[t, to_id[c]] = 1
prediction = model.predict(seed, verbose=0)
print(chars[int(np.argmax(prediction))])
