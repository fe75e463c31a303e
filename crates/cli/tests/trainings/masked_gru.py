import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)

ids = (np.arange(10 * 7) * 5 % 9).reshape(10, 7)
ids[:, 5:] = 0
ids[::2, 3:] = 0
y = (np.arange(10) % 3)
model = keras.Sequential([
    layers.Input((7,), dtype="int32"),
    layers.Embedding(9, 4, mask_zero=True),
    layers.GRU(5, return_sequences=True, reset_after=True),
    layers.Bidirectional(layers.LSTM(3, return_sequences=True), merge_mode="sum"),
    layers.SimpleRNN(4, go_backwards=True),
    layers.Dense(3, activation="softmax"),
])
model(ids)
fill(model)
model.compile(keras.optimizers.Adamax(0.02), "sparse_categorical_crossentropy", metrics=["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2)])
history = model.fit(ids, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(ids[:4], verbose=0)
weights = model.get_weights()
