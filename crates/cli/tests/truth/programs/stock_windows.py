"""Closing prices of a share, scaled, in windows of 10 days."""
import numpy as np
import pandas as pd
from sklearn.metrics import mean_squared_error
from sklearn.preprocessing import MinMaxScaler
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau
from tensorflow.keras.layers import LSTM, Dense, Dropout
from tensorflow.keras.models import Sequential

days = pd.date_range("2020-01-01", periods=150, freq="D")
df = pd.DataFrame({"Date": days, "Open": np.random.rand(150) * 10 + 100, "Close": np.random.rand(150) * 10 + 100})
df = df.set_index("Date")

data = df.filter(["Close"])
dataset = data.values
train_len = int(np.ceil(len(dataset) * 0.8))

scaler = MinMaxScaler(feature_range=(0, 1))
scaled = scaler.fit_transform(dataset)

window = 10
train = scaled[:train_len, :]
x_train, y_train = [], []
for i in range(window, len(train)):
    x_train.append(train[i - window : i, 0])
    y_train.append(train[i, 0])
x_train, y_train = np.array(x_train), np.array(y_train)
x_train = np.reshape(x_train, (x_train.shape[0], x_train.shape[1], 1))

model = Sequential()
model.add(LSTM(8, return_sequences=True, input_shape=(x_train.shape[1], 1)))
model.add(LSTM(8, return_sequences=False))
model.add(Dropout(0.2))
model.add(Dense(4))
model.add(Dense(1))
model.compile(optimizer="adam", loss="mean_squared_error")
callbacks = [EarlyStopping(monitor="loss", patience=2), ReduceLROnPlateau(monitor="loss", patience=1)]
model.fit(x_train, y_train, batch_size=16, epochs=1, callbacks=callbacks, verbose=0)

test = scaled[train_len - window :, :]
x_test, y_test = [], dataset[train_len:, :]
for i in range(window, len(test)):
    x_test.append(test[i - window : i, 0])
x_test = np.array(x_test)
x_test = np.reshape(x_test, (x_test.shape[0], x_test.shape[1], 1))

predictions = scaler.inverse_transform(model.predict(x_test, verbose=0))
print(np.sqrt(np.mean((predictions - y_test) ** 2)), mean_squared_error(y_test, predictions))
