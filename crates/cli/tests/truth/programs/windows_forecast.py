"""Forecasting with tf.data windows."""
import numpy as np
import tensorflow as tf

WINDOW, HORIZON, BATCH = 24, 6, 16


def series(n=200, features=2):
    t = np.arange(n, dtype="float32")
    return np.stack([np.sin(t / 7 + k) for k in range(features)], axis=-1)


def windows(data, shuffle=False):
    ds = tf.data.Dataset.from_tensor_slices(data)
    ds = ds.window(WINDOW + HORIZON, shift=2, drop_remainder=True)
    ds = ds.flat_map(lambda w: w.batch(WINDOW + HORIZON, drop_remainder=True))
    ds = ds.map(lambda w: (w[:WINDOW], w[WINDOW:, 0]), num_parallel_calls=tf.data.AUTOTUNE)
    if shuffle:
        ds = ds.shuffle(64, seed=1)
    return ds.batch(BATCH).prefetch(tf.data.AUTOTUNE)


data = series()
train, valid = windows(data[:150], shuffle=True), windows(data[150:])
print(train.element_spec)
model = tf.keras.Sequential([
    tf.keras.layers.Input((WINDOW, 2)),
    tf.keras.layers.LSTM(16, return_sequences=False),
    tf.keras.layers.Dense(HORIZON),
])
model.compile("adam", "mae")
model.fit(train, validation_data=valid, epochs=1, verbose=0)
for x, y in valid.take(1):
    print(x.shape, y.shape, model(x).shape)
print(model.predict(valid, verbose=0).shape)
