import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
def make_windows(series, size):
    xs, ys = [], []
    for i in range(len(series) - size):
        xs.append(series[i:i + size]); ys.append(series[i + size])
    return np.array(xs), np.array(ys)
s = np.sin(np.arange(30) * 0.3)
X, y = make_windows(s, 5)
print(X.shape, y.shape, X[0].round(3), y[:3].round(3))
X = X[..., np.newaxis]
split = int(len(X) * 0.8)
print(X[:split].shape, X[split:].shape)
model = keras.Sequential([keras.Input((5, 1)), layers.LSTM(4, return_sequences=True), layers.GRU(3), layers.Dense(1)])
model.compile(loss="mae", optimizer="rmsprop")
model.summary()
h = model.fit(X[:split], y[:split], epochs=2, validation_data=(X[split:], y[split:]), verbose=0)
print(list(h.history), model.predict(X[split:], verbose=0).shape)
lstm = layers.LSTM(2, return_state=True, return_sequences=True, kernel_initializer="ones", recurrent_initializer="zeros")
o, hstate, c = lstm(tf.ones((1, 3, 1)))
print(o.shape, hstate.shape, c.shape, np.round(o.numpy(), 4))
print(layers.SimpleRNN(2, kernel_initializer="ones", recurrent_initializer="identity")(tf.ones((1, 3, 1))))
print(layers.Bidirectional(layers.LSTM(3))(tf.ones((2, 4, 1))).shape, layers.Bidirectional(layers.GRU(3, return_sequences=True), merge_mode="sum")(tf.ones((2, 4, 1))).shape)
print(layers.TimeDistributed(layers.Dense(2, kernel_initializer="ones"))(tf.ones((1, 2, 3))))
print([tuple(w.shape) for w in lstm.weights], lstm.units, lstm.count_params())
e = layers.Embedding(10, 4, mask_zero=True)
print(e(np.array([[1, 2, 0]])).shape, e.compute_mask(np.array([[1, 2, 0]])))
history, forecast = list(s[-5:]), []
for _ in range(3):
    p = model.predict(np.array(history[-5:]).reshape(1, 5, 1), verbose=0)[0, 0]
    forecast.append(p); history.append(p)
print(len(forecast), np.array(forecast).shape, type(forecast[0]).__name__)
mse = np.mean((y - np.roll(y, 1))[1:] ** 2)
print(f"naive mse: {mse:.4f} rmse: {np.sqrt(mse):.4f}")
ds = keras.utils.timeseries_dataset_from_array(s[:-3], s[3:], sequence_length=3, batch_size=8)
for a, b in ds.take(1):
    print(a.shape, b.shape, a.dtype, np.round(a.numpy()[0], 3), np.round(b.numpy()[:2], 3))
