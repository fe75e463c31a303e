"""Sunspots: a windowed_dataset function as in a course, a Lambda that expands and one that scales."""
import numpy as np
import tensorflow as tf

time = np.arange(500)
series = (50 + 30 * np.sin(time / 11.0) + np.random.normal(0, 3, 500)).astype("float32")
split_time, window_size, batch_size, shuffle_buffer_size = 400, 20, 32, 200
x_train, x_valid = series[:split_time], series[split_time:]


def windowed_dataset(series, window_size, batch_size, shuffle_buffer):
    series = tf.expand_dims(series, axis=-1)
    ds = tf.data.Dataset.from_tensor_slices(series)
    ds = ds.window(window_size + 1, shift=1, drop_remainder=True)
    ds = ds.flat_map(lambda w: w.batch(window_size + 1))
    ds = ds.shuffle(shuffle_buffer)
    ds = ds.map(lambda w: (w[:-1], w[1:]))
    return ds.batch(batch_size).prefetch(1)


def model_forecast(model, series, window_size):
    ds = tf.data.Dataset.from_tensor_slices(series)
    ds = ds.window(window_size, shift=1, drop_remainder=True)
    ds = ds.flat_map(lambda w: w.batch(window_size))
    ds = ds.batch(32).prefetch(1)
    return model.predict(ds, verbose=0)


train_set = windowed_dataset(x_train, window_size, batch_size, shuffle_buffer_size)
model = tf.keras.models.Sequential([
    tf.keras.layers.Conv1D(filters=16, kernel_size=5, strides=1, padding="causal", activation="relu", input_shape=[None, 1]),
    tf.keras.layers.LSTM(16, return_sequences=True),
    tf.keras.layers.LSTM(16),
    tf.keras.layers.Dense(10, activation="relu"),
    tf.keras.layers.Dense(1),
    tf.keras.layers.Lambda(lambda x: x * 400),
])
model.compile(loss=tf.keras.losses.Huber(), optimizer=tf.keras.optimizers.SGD(learning_rate=1e-5, momentum=0.9), metrics=["mae"])
model.fit(train_set, epochs=1, verbose=0)
forecast = model_forecast(model, series[..., np.newaxis], window_size)
rnn_forecast = forecast[split_time - window_size:-1, -1, 0]
print(rnn_forecast.shape, x_valid.shape)
print(tf.keras.losses.MeanAbsoluteError()(x_valid, rnn_forecast).numpy() > 0)
