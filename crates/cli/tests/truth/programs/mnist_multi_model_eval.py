"""Command line experiment with a registry of preprocessors and models."""
import argparse
import sys
import numpy as np
from tensorflow.keras.layers import Dense, Conv2D, Flatten, MaxPooling2D, LSTM, InputLayer
from tensorflow.keras.models import Sequential
from tensorflow.keras.utils import to_categorical

np.random.seed(0)


def fake_mnist(n):
    return (np.random.rand(n, 28, 28) * 255).astype("uint8"), np.random.randint(0, 10, n).astype("uint8")


PREPARE = {
    "mlp": lambda x: x.reshape(len(x), -1) / 255.0,
    "cnn": lambda x: x[..., np.newaxis] / 255.0,
    "lstm": lambda x: x / 255.0,
}
BUILD = {
    "mlp": lambda: [Dense(32, activation="relu", input_shape=(784,)), Dense(10, activation="softmax")],
    "cnn": lambda: [Conv2D(4, 3, activation="relu", input_shape=(28, 28, 1)), MaxPooling2D(), Flatten(), Dense(10, activation="softmax")],
    "lstm": lambda: [LSTM(8, input_shape=(28, 28)), Dense(10, activation="softmax")],
}


def run(kind, n, prepare=None):
    (x, y), (xt, yt) = fake_mnist(n), fake_mnist(n // 2)
    prep = PREPARE[prepare or kind]
    model = Sequential(BUILD[kind](), name=kind)
    model.compile("adam", "categorical_crossentropy", ["accuracy"])
    model.fit(prep(x), to_categorical(y), batch_size=20, epochs=1, verbose=0)
    loss, acc = model.evaluate(prep(xt), to_categorical(yt), verbose=0)
    return {"kind": kind, "params": model.count_params(), "acc": acc}


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="*", default=list(BUILD))
    parser.add_argument("-n", type=int, default=300)
    parser.add_argument("--prepare", choices=sorted(PREPARE))
    args = parser.parse_args(argv)
    results = [run(kind, args.n, args.prepare) for kind in args.models]
    for r in sorted(results, key=lambda r: r["params"]):
        print("{kind:>6} {params:>8}".format(**r))
    return 0


if __name__ == "__main__":
    sys.exit(main([])) if False else main([])
