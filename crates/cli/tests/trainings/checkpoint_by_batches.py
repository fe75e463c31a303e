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

x = np.sin(np.arange(24) * 0.31).reshape(24, 1).astype("float32")
y = np.cos(x * 2)
model = keras.Sequential([layers.Input((1,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
fill(model, 0.9)
model.compile(keras.optimizers.SGD(0.2), "mse")
folder = tempfile.mkdtemp()
path = os.path.join(folder, "at-{epoch:02d}.weights.h5")
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0,
                    callbacks=[keras.callbacks.ModelCheckpoint(path, save_weights_only=True, save_freq=4)])
outputs = {"files": np.array([int(f[3:5]) for f in sorted(os.listdir(folder))])}
for f in sorted(os.listdir(folder)):
    model.load_weights(os.path.join(folder, f))
    outputs[f[:5]] = model.predict(x[:5], verbose=0)
weights = model.get_weights()
