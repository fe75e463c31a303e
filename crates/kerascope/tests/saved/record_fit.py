"""Trains one model with Keras 3 under several arguments of `fit` and records what it measures: python record_fit.py FOLDER."""

import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers

random = np.random.RandomState(2)
x = random.uniform(-1, 1, (22, 3)).astype("float32")
y = (x.sum(axis=1, keepdims=True) > 0).astype("float32")
weight = random.uniform(0.2, 2, (22,)).astype("float32")
first = None
made = {"x": x, "y": y, "weight": weight}


def model(outputs=1):
    global first
    inputs = keras.Input((3,))
    hidden = layers.Dense(4, activation="tanh")(inputs)
    heads = [layers.Dense(1, activation="sigmoid", name=name)(hidden) for name in "ab"[:outputs]]
    made = keras.Model(inputs, heads if outputs > 1 else heads[0])
    if first is None:
        first = [random.uniform(-0.6, 0.6, w.shape).astype("float32") for w in made.get_weights()]
    made.set_weights([first[at] if at < 4 else first[at - 2] for at in range(len(made.get_weights()))])
    one = dict(metrics=["accuracy"], weighted_metrics=["accuracy", "mse"])
    two = dict(metrics=[["mae"], ["mse"]], weighted_metrics=[["mae"], []])
    losses = "binary_crossentropy" if outputs == 1 else ["binary_crossentropy", "mse"]
    made.compile(keras.optimizers.Adam(0.05), losses, **(one if outputs == 1 else two))
    return made


def record(name, history):
    made.update({f"{name}:{key}": np.asarray(values) for key, values in history.items()})


def fit(name, outputs=1, **given):
    labels = y if outputs == 1 else [y, y]
    record(name, model(outputs).fit(x, labels, shuffle=False, verbose=0, **given).history)


fit("weighted", sample_weight=weight, batch_size=8, epochs=2)
fit("classes", class_weight={0: 0.5, 1: 3.0}, batch_size=8, epochs=2, validation_split=0.3)
fit("split", sample_weight=weight, batch_size=6, epochs=3, validation_split=0.25, validation_freq=2)
fit("steps", batch_size=5, epochs=4, steps_per_epoch=2, validation_data=(x, y), validation_steps=2, validation_batch_size=4)
fit("two", outputs=2, sample_weight=[weight, weight[::-1].copy()], batch_size=11, epochs=2)
own = model()
record("batch", {k: [v] for k, v in own.train_on_batch(x, y, return_dict=True).items()})
record("again", {k: [v] for k, v in own.test_on_batch(x, y, return_dict=True).items()})
record("evaluated", {k: [v] for k, v in own.evaluate(x, y, sample_weight=weight, batch_size=8, verbose=0, return_dict=True).items()})
made.update({f"first_{at}": w for at, w in enumerate(first)})
np.savez(Path(sys.argv[1]) / "fit.npz", **made)
