"""A classifier whose settings are a dataclass, read from JSON and changed on the command line."""
import argparse
import json
import logging
from dataclasses import asdict, dataclass, field, replace

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
log = logging.getLogger(__name__)

DEFAULTS = json.loads("""{"image": [16, 16, 1], "filters": [4, 8], "classes": 4, "dropout": 0.2}""")


@dataclass(frozen=True)
class Settings:
    image: tuple = (16, 16, 1)
    filters: list = field(default_factory=lambda: [4])
    classes: int = 10
    dropout: float = 0.0
    batch_size: int = 8

    @classmethod
    def from_dict(cls, values):
        known = {k: v for k, v in values.items() if k in cls.__dataclass_fields__}
        if "image" in known:
            known["image"] = tuple(known["image"])
        return cls(**known)


def parse(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--batch-size", type=int, default=12)
    parser.add_argument("--labels", choices=["one-hot", "index"], default="index")
    return parser.parse_args(argv)


def build(settings):
    inputs = keras.Input(shape=settings.image)
    x = inputs
    for i, filters in enumerate(settings.filters):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"conv_{i}")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(settings.dropout)(x)
    return keras.Model(inputs, layers.Dense(settings.classes, activation="softmax")(x), name="small")


def main(argv=None):
    args = parse(argv)
    settings = replace(Settings.from_dict(DEFAULTS), batch_size=args.batch_size)
    log.info("settings %s", asdict(settings))
    rng = np.random.default_rng(0)
    x = rng.random((36, *settings.image), dtype="float32")
    y = rng.integers(0, settings.classes, 36)
    if args.labels == "one-hot":
        y = keras.utils.to_categorical(y, settings.classes)
    model = build(settings)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=args.epochs, batch_size=settings.batch_size, verbose=0)
    log.info("shape %s", model.predict(x[:5], verbose=0).shape)


if __name__ == "__main__":
    main([])
