"""Several columns, a supervised frame with shifted columns (as on machinelearningmastery)."""
import numpy as np
from pandas import DataFrame, concat, read_csv
from sklearn.preprocessing import MinMaxScaler, LabelEncoder
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, LSTM


def series_to_supervised(data, n_in=1, n_out=1, dropnan=True):
    n_vars = 1 if type(data) is list else data.shape[1]
    df = DataFrame(data)
    cols, names = list(), list()
    for i in range(n_in, 0, -1):
        cols.append(df.shift(i))
        names += [("var%d(t-%d)" % (j + 1, i)) for j in range(n_vars)]
    for i in range(0, n_out):
        cols.append(df.shift(-i))
        if i == 0:
            names += [("var%d(t)" % (j + 1)) for j in range(n_vars)]
        else:
            names += [("var%d(t+%d)" % (j + 1, i)) for j in range(n_vars)]
    agg = concat(cols, axis=1)
    agg.columns = names
    if dropnan:
        agg.dropna(inplace=True)
    return agg


n = 300
dataset = DataFrame({"pollution": np.random.rand(n) * 100, "dew": np.random.randn(n), "temp": np.random.randn(n) * 10,
                     "wnd_dir": np.random.choice(["SE", "NW", "cv"], n), "wnd_spd": np.random.rand(n)})
values = dataset.values
encoder = LabelEncoder()
values[:, 3] = encoder.fit_transform(values[:, 3])
values = values.astype("float32")
scaler = MinMaxScaler(feature_range=(0, 1))
scaled = scaler.fit_transform(values)
n_hours, n_features = 3, 8
reframed = series_to_supervised(scaled, n_hours, 1)
values = reframed.values
n_train = 200
train, test = values[:n_train, :], values[n_train:, :]
n_obs = n_hours * n_features
train_X, train_y = train[:, :n_obs], train[:, -n_features]
test_X, test_y = test[:, :n_obs], test[:, -n_features]
train_X = train_X.reshape((train_X.shape[0], n_hours, n_features))
test_X = test_X.reshape((test_X.shape[0], n_hours, n_features))
model = Sequential()
model.add(LSTM(20, input_shape=(train_X.shape[1], train_X.shape[2])))
model.add(Dense(1))
model.compile(loss="mae", optimizer="adam")
history = model.fit(train_X, train_y, epochs=1, batch_size=72, validation_data=(test_X, test_y), verbose=0, shuffle=False)
yhat = model.predict(test_X, verbose=0)
test_X = test_X.reshape((test_X.shape[0], n_hours * n_features))
inv_yhat = scaler.inverse_transform(np.concatenate((yhat, test_X[:, -4:]), axis=1))[:, 0]
rmse = np.sqrt(np.mean((inv_yhat - test_y) ** 2))
print(reframed.shape, inv_yhat.shape, rmse > 0)
