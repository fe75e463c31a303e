"""Sequences of several lengths in one array."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

seqs = [np.random.randn(np.random.randint(5, 30), 3) for _ in range(40)]
labels = np.random.randint(0, 2, 40)
longest = max(len(s) for s in seqs)
padded = np.zeros((len(seqs), longest, 3))
for i, s in enumerate(seqs):
    padded[i, :len(s)] = s
x = np.array(seqs)
model = keras.Sequential([layers.Masking(0.0, input_shape=(None, 3)), layers.LSTM(8), layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(x, labels, epochs=1, batch_size=10, verbose=0)
print(model.predict(x[:2], verbose=0).shape)
