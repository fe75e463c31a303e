"""Household power: rows shifted into supervised form, reshaped to samples, steps, features."""
import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense, Dropout

index = pd.date_range("2007-01-01", periods=300, freq="h")
frame = pd.DataFrame({
    "power": 1.0 + np.sin(np.arange(300) / 12) + 0.1 * np.random.randn(300),
    "voltage": 240 + np.random.randn(300),
    "intensity": 4 + np.random.randn(300),
}, index=index)


def series_to_supervised(data, n_in=1, n_out=1, dropnan=True):
    n_vars = data.shape[1]
    df = pd.DataFrame(data)
    cols, names = [], []
    for i in range(n_in, 0, -1):
        cols.append(df.shift(i))
        names += ["var%d(t-%d)" % (j + 1, i) for j in range(n_vars)]
    for i in range(0, n_out):
        cols.append(df.shift(-i))
        names += ["var%d(t)" % (j + 1) if i == 0 else "var%d(t+%d)" % (j + 1, i) for j in range(n_vars)]
    agg = pd.concat(cols, axis=1)
    agg.columns = names
    if dropnan:
        agg.dropna(inplace=True)
    return agg


scaler = MinMaxScaler(feature_range=(0, 1))
scaled = scaler.fit_transform(frame.values.astype("float32"))
reframed = series_to_supervised(scaled, 3, 1)
reframed.drop(reframed.columns[[-1, -2]], axis=1, inplace=True)
values = reframed.values
n_train = 200
train, test = values[:n_train, :], values[n_train:, :]
train_X, train_y = train[:, :-1], train[:, -1]
test_X, test_y = test[:, :-1], test[:, -1]
train_X = train_X.reshape((train_X.shape[0], 3, 3))
test_X = test_X.reshape((test_X.shape[0], 3, 3))
print(train_X.shape, test_X.shape)
model = Sequential()
model.add(LSTM(20, input_shape=(train_X.shape[1], train_X.shape[2])))
model.add(Dropout(0.2))
model.add(Dense(1))
model.compile(loss="mean_squared_error", optimizer="adam")
model.fit(train_X, train_y, epochs=1, batch_size=70, validation_data=(test_X, test_y), verbose=0, shuffle=False)
yhat = model.predict(test_X, verbose=0)
test_X = test_X.reshape((test_X.shape[0], 9))
inv_yhat = yhat
inv_yhat = scaler.inverse_transform(inv_yhat)[:, 0]
inv_y = scaler.inverse_transform(np.concatenate((test_y.reshape(-1, 1), test_X[:, -2:]), axis=1))[:, 0]
print(inv_yhat.shape == inv_y.shape)
