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


def forever(x, y):
    while True:
        yield x, y


model = keras.Sequential([layers.Input((2,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
fill(model)
model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
first = model.fit(batches(12, 3), steps_per_epoch=3, epochs=4, validation_data=batches(5, 2, 7), verbose=0)
x, y = next(batches(1, 6, 3))
same = forever(x, y)
second = model.fit(same, steps_per_epoch=2, epochs=3, validation_data=forever(x[1:5], y[1:5]), validation_steps=3, verbose=0)
outputs = [len(first.history["val_loss"]), *model.evaluate(same, steps=2, verbose=0)]
history = {k: list(v) + list(second.history[k]) for k, v in first.history.items()}
prediction = model.predict(batches(3, 2), steps=2, verbose=0)
weights = model.get_weights()
