import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from sklearn.metrics import mean_squared_error
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense, RepeatVector, TimeDistributed, Input

idx = pd.date_range("2020-01-01", periods=300, freq="h")
df = pd.DataFrame({"load": np.random.rand(300), "temp": np.random.randn(300), "wind": np.random.rand(300)}, index=idx)
train, test = df.iloc[:240], df.iloc[240:]
scalers = {}
train_s, test_s = train.copy(), test.copy()
for col in df.columns:
    scaler = MinMaxScaler(feature_range=(-1, 1))
    s_s = scaler.fit_transform(train[col].values.reshape(-1, 1))
    train_s[col] = np.reshape(s_s, len(s_s))
    scalers["scaler_" + col] = scaler
for col in df.columns:
    s_s = scalers["scaler_" + col].transform(test[col].values.reshape(-1, 1))
    test_s[col] = np.reshape(s_s, len(s_s))


def split_series(series, n_past, n_future):
    X, y = list(), list()
    for window_start in range(len(series)):
        past_end = window_start + n_past
        future_end = past_end + n_future
        if future_end > len(series):
            break
        past, future = series[window_start:past_end, :], series[past_end:future_end, :]
        X.append(past)
        y.append(future)
    return np.array(X), np.array(y)


n_past, n_future, n_features = 10, 5, 3
X_train, y_train = split_series(train_s.values, n_past, n_future)
X_test, y_test = split_series(test_s.values, n_past, n_future)
X_train = X_train.reshape((X_train.shape[0], X_train.shape[1], n_features))

model = Sequential([
    Input((n_past, n_features)),
    LSTM(16),
    RepeatVector(n_future),
    LSTM(16, return_sequences=True),
    TimeDistributed(Dense(n_features)),
])
model.compile(optimizer="adam", loss="huber")
history = model.fit(X_train, y_train, epochs=1, validation_data=(X_test, y_test), batch_size=32, verbose=0)
pred = model.predict(X_test, verbose=0)
for index, col in enumerate(df.columns):
    scaler = scalers["scaler_" + col]
    pred[:, :, index] = scaler.inverse_transform(pred[:, :, index])
    y_test[:, :, index] = scaler.inverse_transform(y_test[:, :, index])
for j in range(n_future):
    print(j, mean_squared_error(y_test[:, j, 0], pred[:, j, 0]) >= 0)
