"""Windows over a time series for an LSTM."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense, Dropout


def make_windows(series, length):
    x, y = [], []
    for start in range(len(series) - length):
        x.append(series[start:start + length])
        y.append(series[start + length])
    return np.array(x), np.array(y)


series = np.sin(np.linspace(0, 20, 120))
n_steps, n_features = 10, 1
x, y = make_windows(series, n_steps)
print(x.shape, y.shape)

model = Sequential()
model.add(LSTM(12, return_sequences=True, input_shape=(n_steps, n_features)))
model.add(Dropout(0.2))
model.add(LSTM(6))
model.add(Dense(1))
model.compile(optimizer="adam", loss="mse")
model.fit(x, y, epochs=1, batch_size=20, verbose=0)

last = series[-n_steps:].reshape((1, n_steps, n_features))
print(model.predict(last, verbose=0).shape)
