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


x = np.sin(np.arange(24) * 0.31).reshape(24, 1).astype("float32")
y = np.cos(x * 2)
y[13] = np.nan
model = keras.Sequential([layers.Input((1,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
fill(model, 0.9)
model.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
seen = []


class Rec(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        seen.append([batch, logs["loss"], logs["mae"]])

    def on_epoch_end(self, epoch, logs=None):
        seen.append([100 + epoch, logs["loss"], len(logs)])

    def on_train_end(self, logs=None):
        seen.append([200, -1.0 if not logs else logs["loss"], float(self.model.stop_training)])


history = model.fit(x, y, batch_size=5, epochs=4, shuffle=False, verbose=0, validation_split=0.2,
                    callbacks=[keras.callbacks.TerminateOnNaN(), Rec()])
outputs = np.array(seen)
weights = model.get_weights()
