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


x = np.cos(np.arange(40) * 0.37).reshape(10, 4).astype("float32")
y = np.sin(x.sum(axis=1, keepdims=True)).astype("float32")
O = keras.optimizers
names = ["Lamb", "Muon"] if hasattr(O, "Muon") else ["Adam"]
history, outputs = {}, {}
for name in names:
    for j, more in enumerate([{}, {"weight_decay": 0.01}, {"clipnorm": 0.4}]):
        model = keras.Sequential([layers.Input((4,)), layers.Dense(5, activation="tanh"), layers.Dense(3, activation="elu"), layers.Dense(1)])
        fill(model, 0.5)
        model.compile(getattr(O, name)(0.02, **more), "mse")
        history[f"{name}{j}"] = model.fit(x, y, batch_size=5, epochs=3, shuffle=False, verbose=0).history["loss"]
        outputs[f"{name}{j}"] = model.get_weights()[2]
