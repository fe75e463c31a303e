"""A temperature forecast that has to beat the last value: windows of a series from a file of made numbers."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

steps, features, delay = 12, 3, 4
rows = 200
raw = np.random.normal(size=(rows, features))
temperature = raw[:, 1].copy()
mean, std = raw[: rows // 2].mean(axis=0), raw[: rows // 2].std(axis=0)
raw = (raw - mean) / std


def windows(start, end):
    return keras.utils.timeseries_dataset_from_array(
        raw[:-delay],
        targets=temperature[delay:],
        sampling_rate=2,
        sequence_length=steps,
        batch_size=16,
        start_index=start,
        end_index=end,
    )


train = windows(0, 100)
val = windows(100, 150)
test = windows(150, None)


def naive(dataset):
    total, seen = 0.0, 0
    for samples, targets in dataset:
        guesses = samples[:, -1, 1] * std[1] + mean[1]
        total += np.sum(np.abs(guesses - targets))
        seen += samples.shape[0]
    return total / seen


print(f"naive: {naive(val):.2f} {naive(test):.2f}")

inputs = keras.Input(shape=(steps, features - 1))
x = layers.GRU(8, recurrent_dropout=0.1, return_sequences=True)(inputs)
x = layers.GRU(8)(x)
x = layers.Dropout(0.3)(x)
outputs = layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer="rmsprop", loss="mse", metrics=["mae"])
history = model.fit(train, epochs=1, validation_data=val, verbose=0)
print(history.history["val_mae"], model.evaluate(test, verbose=0)[1])
