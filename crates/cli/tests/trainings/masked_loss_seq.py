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

ids = (np.arange(8 * 6) * 7 % 11).reshape(8, 6) + 1
ids[:, 4:] = 0
ids[1::3, 2:] = 0
t = (ids * 3 % 5)
model = keras.Sequential([layers.Input((6,), dtype="int32"), layers.Embedding(13, 4, mask_zero=True), layers.LSTM(5, return_sequences=True), layers.TimeDistributed(layers.Dense(5, activation="softmax"))])
fill(model, 0.5)
model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["sparse_categorical_crossentropy"])
history = model.fit(ids, t, batch_size=3, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(ids[:2], verbose=0)
outputs = [np.array(v) for v in model.evaluate(ids, t, verbose=0)]
