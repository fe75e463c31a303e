"""Stateful LSTM: batch size fixed, states reset between epochs."""
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense

batch_size = 4
n_steps, n_features = 5, 2
X = np.random.rand(12, n_steps, n_features)
y = np.random.rand(12, 1)
model = Sequential()
model.add(LSTM(6, batch_input_shape=(batch_size, n_steps, n_features), stateful=True, return_sequences=True))
model.add(LSTM(6, stateful=True))
model.add(Dense(1))
model.compile(loss="mse", optimizer="adam")
for i in range(2):
    model.fit(X, y, epochs=1, batch_size=batch_size, verbose=0, shuffle=False)
    model.reset_states()
print(model.predict(X, batch_size=batch_size, verbose=0).shape)
