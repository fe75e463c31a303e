import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)


def batches(count, size, start=0):
    for i in range(count):
        k = np.arange(start + i * size, start + (i + 1) * size)
        yield np.stack([np.sin(k), np.cos(k)], 1).astype("float32"), np.cos(k * 0.5).astype("float32")[:, None]


model = keras.Sequential([layers.Input((2,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
fill(model)
model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])

history = model.fit(batches(12, 3), steps_per_epoch=4, epochs=3, validation_data=batches(2, 2, 7), verbose=0)
weights = model.get_weights()
