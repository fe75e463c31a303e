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


ids = np.array([[1, 2, 3, 0, 0], [4, 5, 0, 0, 0], [2, 2, 2, 2, 1], [6, 0, 0, 0, 0], [3, 1, 4, 1, 0], [5, 6, 2, 0, 0]])
y = (ids * 3) % 7
model = keras.Sequential([keras.Input((5,)), layers.Embedding(7, 4, mask_zero=True), layers.LSTM(5, return_sequences=True),
                          layers.TimeDistributed(layers.Dense(7, activation="softmax"))])
fill(model, 0.6)
model.compile(keras.optimizers.Adam(0.02, epsilon=1e-3), "sparse_categorical_crossentropy", metrics=["accuracy", "sparse_top_k_categorical_accuracy"],
              weighted_metrics=["accuracy"])
w = np.linspace(0.5, 1.5, 6)[:, None] * (ids > 0)
history = model.fit(ids, y, sample_weight=w, batch_size=3, epochs=3, shuffle=False, verbose=0, validation_data=(ids[:2], y[:2]))
outputs = {"e": np.array(model.evaluate(ids, y, batch_size=2, verbose=0)), "p": model.predict(ids, verbose=0)[:, :2]}
weights = model.get_weights()
