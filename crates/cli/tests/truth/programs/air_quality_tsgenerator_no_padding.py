"""TimeseriesGenerator over a scaled frame; PM2.5 forecasting."""
import numpy as np
import pandas as pd
from sklearn.preprocessing import MinMaxScaler
from tensorflow.keras.preprocessing.sequence import TimeseriesGenerator
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import LSTM, Dense

idx = pd.date_range("2021-03-01", periods=300, freq="D")
df = pd.DataFrame(np.random.rand(300, 4) * 100, index=idx, columns=["pm25", "no2", "o3", "wind"])
df["pm25"] = df["pm25"].rolling(3).mean()
df = df.fillna(method="bfill") if False else df.bfill()
target_col = "pm25"
scaler = MinMaxScaler()
scaled = scaler.fit_transform(df)
target = scaled[:, df.columns.get_loc(target_col)]
n_input, n_features = 10, scaled.shape[1]
cut = 240
gen_train = TimeseriesGenerator(scaled[:cut], target[:cut], length=n_input, batch_size=16)
gen_test = TimeseriesGenerator(scaled[cut:], target[cut:], length=n_input, batch_size=16)
print(len(gen_train), gen_train[0][0].shape)

model = Sequential()
model.add(LSTM(20, activation="relu", input_shape=(n_input, n_features)))
model.add(Dense(1))
model.compile(optimizer="adam", loss="mse")
model.fit(gen_train, epochs=1, validation_data=gen_test, verbose=0)
pred = model.predict(gen_test, verbose=0)
pad = np.zeros((len(pred), n_features - 1))
restored = scaler.inverse_transform(pred)[:, 0]
print(restored.shape)
first = scaled[cut - n_input:cut]
batch = first.reshape((1, n_input, n_features))
forecast = []
for _ in range(3):
    step = model.predict(batch, verbose=0)[0]
    forecast.append(step)
    row = np.hstack([step, batch[0, -1, 1:]])
    batch = np.append(batch[:, 1:, :], [[row]], axis=1)
print(np.array(forecast).shape)
