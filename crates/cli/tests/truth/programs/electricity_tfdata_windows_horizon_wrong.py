"""Load forecasting with Dataset.window, flat_map and zip of features and labels."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

WINDOW, HORIZON, BATCH = 24, 6, 16
t = np.arange(600)
load = (np.sin(t / 12.0) + 0.1 * np.random.randn(600)).astype("float32")
temperature = (10 + 5 * np.cos(t / 24.0)).astype("float32")
features = np.stack([load, temperature], axis=-1)


def make_windows(series, shuffle=False):
    ds = tf.data.Dataset.from_tensor_slices(series)
    ds = ds.window(WINDOW + HORIZON, shift=1, drop_remainder=True)
    ds = ds.flat_map(lambda w: w.batch(WINDOW + HORIZON))
    if shuffle:
        ds = ds.shuffle(200)
    ds = ds.map(lambda w: (w[:WINDOW], w[WINDOW:, 0]))
    return ds.batch(BATCH).prefetch(1)


split = 450
train_ds = make_windows(features[:split], shuffle=True)
valid_ds = make_windows(features[split:])
for xb, yb in train_ds.take(1):
    print(xb.shape, yb.shape)

model = keras.models.Sequential([
    keras.layers.Conv1D(16, 5, strides=1, padding="causal", activation="relu", input_shape=[None, 2]),
    keras.layers.LSTM(16, return_sequences=True),
    keras.layers.LSTM(16),
    keras.layers.Dense(WINDOW),
])
model.compile(loss=keras.losses.Huber(), optimizer=keras.optimizers.SGD(learning_rate=1e-3, momentum=0.9), metrics=["mae"])
model.fit(train_ds, epochs=1, validation_data=valid_ds, verbose=0)


def forecast(model, series):
    ds = tf.data.Dataset.from_tensor_slices(series)
    ds = ds.window(WINDOW, shift=1, drop_remainder=True)
    ds = ds.flat_map(lambda w: w.batch(WINDOW))
    ds = ds.batch(32).prefetch(1)
    return model.predict(ds, verbose=0)


out = forecast(model, features[split:])
print(out.shape, out[0].tolist() is not None)
