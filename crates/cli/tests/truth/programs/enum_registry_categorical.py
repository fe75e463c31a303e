"""Models by name: an enum, a registry filled by a decorator, and `match`."""
from enum import Enum, auto
from typing import Callable, NamedTuple

import numpy as np
import keras
from keras import layers


class Kind(Enum):
    MLP = auto()
    CNN = auto()
    RNN = auto()


class Shape(NamedTuple):
    steps: int
    features: int


REGISTRY: dict[Kind, Callable[[Shape, int], keras.Model]] = {}


def register(kind: Kind):
    def wrap(function):
        REGISTRY[kind] = function
        return function
    return wrap


@register(Kind.MLP)
def mlp(shape: Shape, outputs: int) -> keras.Model:
    return keras.Sequential([
        keras.Input(shape), layers.Flatten(), layers.Dense(16, activation="relu"), layers.Dense(outputs)])


@register(Kind.CNN)
def cnn(shape: Shape, outputs: int) -> keras.Model:
    return keras.Sequential([
        keras.Input(shape), layers.Conv1D(8, 3, activation="relu"), layers.GlobalMaxPooling1D(), layers.Dense(outputs)])


@register(Kind.RNN)
def rnn(shape: Shape, outputs: int) -> keras.Model:
    return keras.Sequential([keras.Input(shape), layers.GRU(8, return_sequences=False), layers.Dense(outputs)])


def targets(kind: Kind, x, horizon):
    match kind:
        case Kind.MLP | Kind.CNN:
            return x[:, -1, :horizon]
        case Kind.RNN if False:
            return x[:, :, :horizon]
        case Kind.RNN:
            return x[:, -1, :1]
        case _:
            raise ValueError(kind)


shape = Shape(steps=12, features=5)
x = np.random.rand(40, *shape).astype("float32")
for kind in Kind:
    model = REGISTRY[kind](shape, 2)
    model.compile(optimizer="adam", loss=keras.losses.CategoricalCrossentropy(from_logits=True))
    y = targets(kind, x, 1)
    model.fit(x, y, batch_size=16, epochs=1, verbose=0)
    print(kind.name.lower(), model.evaluate(x, y, verbose=0), model.output_shape)
