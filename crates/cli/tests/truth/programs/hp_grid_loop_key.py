import itertools
import json
import logging
from dataclasses import dataclass, asdict, replace
from typing import Callable, Iterator, Optional, Sequence
import numpy as np
import tensorflow as tf

logging.basicConfig(level=logging.INFO)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class HParams:
    units: int = 32
    dropout: float = 0.1
    optimizer: str = "adam"
    activation: str = "relu"
    lr: float = 1e-3
    norm: Optional[str] = None

    @classmethod
    def from_json(cls, text: str) -> "HParams":
        return cls(**json.loads(text))


def grid(base: HParams, **options: Sequence) -> Iterator[HParams]:
    for values in itertools.product(*options.values()):
        yield replace(base, **dict(zip(options, values)))


def make(hp: HParams, n_features: int, n_classes: int) -> tf.keras.Model:
    layers = [tf.keras.Input(shape=(n_features,))]
    for i in range(2):
        layers.append(tf.keras.layers.Dense(hp.units // (i + 1), name=f"d{i}"))
        if hp.norm == "batch":
            layers.append(tf.keras.layers.BatchNormalization())
        elif hp.norm == "layer":
            layers.append(tf.keras.layers.LayerNormalization())
        layers.append(tf.keras.layers.Activation(hp.activation))
        layers.append(tf.keras.layers.Dropout(hp.dropout))
    layers.append(tf.keras.layers.Dense(n_classes, activation="softmax"))
    model = tf.keras.Sequential(layers)
    opt = tf.keras.optimizers.get({"class_name": hp.optimizer, "config": {"learning_rate": hp.lr}})
    model.compile(opt, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


X, y = np.random.rand(90, 12).astype("f4"), np.random.randint(3, size=90)
base = HParams.from_json('{"units": 16, "act": "tanh"}')
results = []
for hp in grid(base, optimizer=["adam", "sgd", "rmsprop"], norm=[None, "batch"], dropout=[0.0, 0.3]):
    model = make(hp, X.shape[1], 3)
    h = model.fit(X, y, epochs=1, batch_size=30, validation_split=0.3, verbose=0)
    results.append((min(h.history["val_loss"]), asdict(hp), model.count_params()))
    log.info("%s -> %.3f", hp.optimizer, results[-1][0])
best = sorted(results, key=lambda r: r[0])[0]
print(len(results), sorted(best[1]), best[2] in (435, 531))
