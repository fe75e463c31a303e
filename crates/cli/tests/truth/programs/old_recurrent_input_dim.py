# the way in which sequences' sizes were given before `input_shape`
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, GRU, SimpleRNN, Dense

x = np.array([[1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]]).reshape(4, 3, 1)
y = np.array([4, 5, 6, 7])
free = Sequential([GRU(4, input_dim=1), Dense(1)])
free.compile(loss="mse", optimizer="adam")
free.fit(x, y, epochs=1, verbose=0)
print(free.predict(np.zeros((2, 9, 1))).shape)
for layer in (SimpleRNN, LSTM, GRU):
    model = Sequential()
    model.add(layer(10, activation="relu", input_length=3, input_dim=1))
    model.add(Dense(1))
    model.summary()
    model.compile(loss="mse", optimizer="adam")
    model.fit(x, y, epochs=2, batch_size=1, verbose=0)
    print(model.input_shape, model.predict(np.array([[[5], [6], [7]]])).shape)
