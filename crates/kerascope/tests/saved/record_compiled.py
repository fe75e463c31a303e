"""Trains models with Keras 3, saves them, and records how they go on: python record_compiled.py FOLDER.

With a second folder, each of the files there of these names is loaded, trained as long, and how far its losses are
from the recorded ones is printed: files that the library wrote of the same models (continued.rs leaves them in the folder that
KERASCOPE_SAVED names).
"""

import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers, losses, metrics, optimizers

folder = Path(sys.argv[1])


def body():
    x = keras.Input((3,))
    return x, layers.Dense(4, activation="tanh")(x)


def adam():
    x, hidden = body()
    model = keras.Model(x, layers.Dense(1, activation="sigmoid")(hidden))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy", metrics.AUC(num_thresholds=20)],
                  weighted_metrics=["mae"])
    return model


def decaying():
    x, hidden = body()
    model = keras.Model(x, layers.Dense(1)(hidden))
    rate = optimizers.schedules.ExponentialDecay(0.1, 3, 0.5)
    model.compile(optimizers.SGD(rate, momentum=0.9, nesterov=True), losses.LogCosh(reduction="sum"))
    return model


def several():
    x, hidden = body()
    model = keras.Model(x, [layers.Dense(1, name="a")(hidden), layers.Dense(1, name="b")(hidden)])
    model.compile(optimizers.RMSprop(0.01, centered=True, momentum=0.5, clipnorm=1.0), ["mse", "mae"],
                  loss_weights=[1.0, 0.25], metrics=[["mae"], ["mse"]])
    return model


def averaged():
    x, hidden = body()
    model = keras.Model(x, layers.Dense(1)(hidden))
    model.compile(optimizers.Nadam(0.02, use_ema=True, gradient_accumulation_steps=2), losses.mean_squared_error)
    return model


def adafactor():
    x, hidden = body()
    model = keras.Model(x, layers.Dense(1)(hidden))
    model.compile(optimizers.Adafactor(0.05), "mse")
    return model


def lowered():
    x, hidden = body()
    model = keras.Model(x, layers.Dense(1)(hidden))
    model.compile("adam", "mse")
    model.optimizer.learning_rate = 0.05
    return model


random = np.random.RandomState(1)
x = random.uniform(-1, 1, (20, 3)).astype("float32")
y = (x.sum(axis=1, keepdims=True) > 0).astype("float32")


def fit(model, epochs):
    labels = [y] * len(model.outputs) if len(model.outputs) > 1 else y
    return model.fit(x, labels, batch_size=8, epochs=epochs, shuffle=False, verbose=0).history


for make in (adam, decaying, several, averaged, adafactor, lowered):
    name = make.__name__
    if len(sys.argv) > 2:
        recorded = np.load(folder / f"{name}.npz")
        history = fit(keras.models.load_model(Path(sys.argv[2]) / f"{name}.keras"), 2)
        for key, values in sorted(history.items()):
            print(name, key, "%.2e" % np.abs(np.asarray(values) - recorded["log_" + key]).max())
        continue
    model = make()
    model.set_weights([random.uniform(-0.6, 0.6, w.shape).astype("float32") for w in model.get_weights()])
    first = {f"first_{at}": w for at, w in enumerate(model.get_weights())}
    fit(model, 2)
    model.save(folder / f"{name}.keras")
    history = fit(keras.models.load_model(folder / f"{name}.keras"), 2)
    np.savez(folder / f"{name}.npz", x=x, y=y, **first, **{f"log_{key}": v for key, v in history.items()})
