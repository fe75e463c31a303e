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


import os
import tempfile

x = np.sin(np.arange(20) * 0.31).reshape(20, 1).astype("float32")
y = np.cos(x * 2)
folder = tempfile.mkdtemp()


class Break(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise RuntimeError("interrupted")


def made():
    model = keras.Sequential([layers.Input((1,)), layers.Dense(4, activation="tanh", name="a"), layers.Dense(1, name="b")], name="m")
    fill(model, 0.9)
    model.compile(keras.optimizers.SGD(0.1, momentum=0.5), "mse")
    return model


path = os.path.join(folder, "backup")
model = made()
try:
    model.fit(x, y, batch_size=5, epochs=4, shuffle=False, verbose=0, callbacks=[keras.callbacks.BackupAndRestore(path), Break()])
except RuntimeError as error:
    print(error)
w2 = model.get_weights()[0]
model = made()
history = model.fit(x, y, batch_size=5, epochs=4, shuffle=False, verbose=0, callbacks=[keras.callbacks.BackupAndRestore(path)])
outputs = {"w2": w2, "epochs": np.array(history.epoch), "it": np.array(int(model.optimizer.iterations))}
weights = model.get_weights()
