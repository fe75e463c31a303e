"""Stateful LSTM trained in batches of four, asked for one sample."""
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense, Input

batch_size = 4
X = np.random.rand(12, 5, 2)
y = np.random.rand(12, 1)
model = Sequential()
model.add(Input(batch_shape=(batch_size, 5, 2)))
model.add(LSTM(6, stateful=True))
model.add(Dense(1))
model.compile(loss="mse", optimizer="adam")
model.fit(X, y, epochs=1, batch_size=batch_size, verbose=0, shuffle=False)
one = X[:1]
print(model.predict(one, verbose=0))
