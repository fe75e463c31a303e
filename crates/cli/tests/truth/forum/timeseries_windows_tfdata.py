import numpy as np
import tensorflow as tf

def windowed_dataset(series, window_size, batch_size, shuffle_buffer):
    dataset = tf.data.Dataset.from_tensor_slices(series)
    dataset = dataset.window(window_size + 1, shift=1, drop_remainder=True)
    dataset = dataset.flat_map(lambda window: window.batch(window_size + 1))
    dataset = dataset.shuffle(shuffle_buffer).map(lambda window: (window[:-1], window[-1]))
    dataset = dataset.batch(batch_size).prefetch(1)
    return dataset

time = np.arange(4 * 30 + 1, dtype="float32")
series = 10 + 0.05 * time + 40 * np.sin(time / 7).astype("float32")
split_time = 100
x_train = series[:split_time]
window_size = 20
batch_size = 16
dataset = windowed_dataset(x_train, window_size, batch_size, 100)
model = tf.keras.models.Sequential([
    tf.keras.layers.Lambda(lambda x: tf.expand_dims(x, axis=-1), input_shape=[None]),
    tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(8, return_sequences=True)),
    tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(8)),
    tf.keras.layers.Dense(1),
    tf.keras.layers.Lambda(lambda x: x * 100.0),
])
model.compile(loss="mse", optimizer=tf.keras.optimizers.SGD(learning_rate=1e-6, momentum=0.9), metrics=["mae"])
history = model.fit(dataset, epochs=1, verbose=0)
forecast = []
for time in range(len(series) - window_size - 90):
    forecast.append(model.predict(series[time:time + window_size][np.newaxis], verbose=0))
results = np.array(forecast)[:, 0, 0]
print(results.shape)
