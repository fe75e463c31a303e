"""Trains by the settings of the command line, with defaults, and keeps the best weights."""
import argparse
import os
from dataclasses import dataclass

import numpy as np
from tensorflow import keras


@dataclass
class Settings:
    hidden: tuple = (32, 16)
    classes: int = 5
    features: int = 12
    rate: float = 1e-3
    smoothing: float = 0.1


def parse(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--hidden", type=int, nargs="+", default=[32, 16])
    parser.add_argument("--classes", type=int, default=5)
    parser.add_argument("--out", default="runs")
    parser.add_argument("--augment", action="store_true")
    return parser.parse_args(argv)


def build(settings):
    inputs = keras.Input(shape=(settings.features,), name="features")
    x = inputs
    for i, units in enumerate(settings.hidden):
        x = keras.layers.Dense(units, name=f"hidden_{i}")(x)
        x = keras.layers.BatchNormalization(name=f"norm_{i}")(x)
        x = keras.layers.Activation("relu", name=f"relu_{i}")(x)
    outputs = keras.layers.Dense(settings.classes, activation="softmax", name="classes")(x)
    model = keras.Model(inputs, outputs, name="classifier")
    model.compile(
        optimizer=keras.optimizers.Adam(settings.rate),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=settings.smoothing),
        metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(k=2, name="top2")],
    )
    return model


def main(argv=None):
    args = parse(argv)
    settings = Settings(hidden=tuple(args.hidden), classes=args.classes)
    x = np.random.normal(size=(64, settings.features))
    y = np.eye(settings.classes)[np.random.randint(0, settings.classes, 64)]
    if args.augment:
        x = np.concatenate([x, x + 0.1])
        y = np.concatenate([y, y])
    os.makedirs(args.out, exist_ok=True)
    model = build(settings)
    best = os.path.join(args.out, "best.weights.h5")
    callbacks = [
        keras.callbacks.ModelCheckpoint(best, save_best_only=True, save_weights_only=True),
        keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * 0.9),
        keras.callbacks.CSVLogger(os.path.join(args.out, "log.csv")),
    ]
    history = model.fit(x, y, validation_split=0.25, epochs=args.epochs, batch_size=args.batch_size, callbacks=callbacks, verbose=0)
    model.load_weights(best)
    print(sorted(history.history), model.evaluate(x, y, verbose=0, return_dict=True)["top_2"])
    return model


if __name__ == "__main__":
    main(["--hidden", "24", "12", "--augment", "--epochs", "1"])
