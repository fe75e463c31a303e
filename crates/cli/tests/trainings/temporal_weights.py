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

x = np.sin(np.arange(6 * 5 * 2) * 0.3).reshape(6, 5, 2).astype("float32")
y = np.cumsum(x[:, :, :1], axis=1)
model = keras.Sequential([layers.Input((5, 2)), layers.LSTM(4, return_sequences=True), layers.Dense(1)])
fill(model)
w = np.tile(np.array([1.0, 1, 0.5, 0, 2]), (6, 1))
model.compile("rmsprop", "mse", weighted_metrics=["mae"])
history = model.fit(x, y, sample_weight=w, batch_size=4, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x[:2], verbose=0)
