"""train.py --arch --lr: a factory over a registry of functions with argparse."""
import argparse
import functools
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models, optimizers

REGISTRY = {}


def register(name):
    def deco(fn):
        @functools.wraps(fn)
        def wrapper(*args, **kwargs):
            model = fn(*args, **kwargs)
            model._name = name
            return model
        REGISTRY[name] = wrapper
        return wrapper
    return deco


@register("lenet")
def lenet(shape, classes, act="tanh"):
    conv = functools.partial(layers.Conv2D, kernel_size=5, activation=act)
    return models.Sequential([
        layers.Input(shape), conv(6, padding="same"), layers.AveragePooling2D(2), conv(16), layers.AveragePooling2D(2),
        layers.Flatten(), layers.Dense(120, activation=act), layers.Dense(84, activation=act), layers.Dense(classes, activation="softmax"),
    ])


@register("mlp")
def mlp(shape, classes, act="relu"):
    return models.Sequential([layers.Input(shape), layers.Flatten(), layers.Dense(64, activation=act), layers.Dense(classes, activation="softmax")])


def get_args(argv=None):
    p = argparse.ArgumentParser()
    p.add_argument("--arch", choices=sorted(REGISTRY), default="lenet")
    p.add_argument("--lr", type=float, default=1e-3)
    p.add_argument("--batch-size", type=int, default=16)
    p.add_argument("--classes", default="10")
    p.add_argument("--optimizer", default="adam")
    return p.parse_args(argv)


def main(argv=None):
    args = get_args(argv)
    x = np.random.rand(32, 28, 28, 1)
    y = np.random.randint(0, 10, 32)
    model = REGISTRY[args.arch](x.shape[1:], args.classes)
    opt = {"adam": optimizers.Adam, "sgd": functools.partial(optimizers.SGD, momentum=0.9)}[args.optimizer](learning_rate=args.lr)
    model.compile(opt, "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=args.batch_size, epochs=1, verbose=0)
    return model


if __name__ == "__main__":
    m = main(["--arch", "lenet", "--optimizer", "sgd"])
    print(m.count_params())
