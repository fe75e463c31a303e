"""A dataclass config, overrides given as key=value strings, a registry of optimizers and schedules."""
import dataclasses
from typing import List, Optional
import numpy as np
from tensorflow import keras


@dataclasses.dataclass
class OptimConfig:
    name: str = "adam"
    lr: float = 1e-3
    warmup: int = 5


@dataclasses.dataclass
class Config:
    hidden: List[int] = dataclasses.field(default_factory=lambda: [32, 16])
    dropout: float = 0.1
    classes: int = 4
    optim: OptimConfig = dataclasses.field(default_factory=OptimConfig)
    batch_size: int = 16
    label_smoothing: Optional[float] = None


def override(config, items):
    for item in items:
        key, value = item.split("=")
        target = config
        *parents, last = key.split(".")
        for parent in parents:
            target = getattr(target, parent)
        kind = type(getattr(target, last))
        setattr(target, last, kind(value))
    return config


class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, peak, steps):
        super().__init__()
        self.peak, self.steps = peak, float(steps)

    def __call__(self, step):
        step = keras.backend.cast_to_floatx(1.0) * (1.0 + 0.0 * self.steps) if step is None else step
        import tensorflow as tf
        step = tf.cast(step, tf.float32)
        return self.peak * tf.minimum(1.0, (step + 1) / self.steps)

    def get_config(self):
        return {"peak": self.peak, "steps": self.steps}


OPTIMIZERS = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}


def build(config, width):
    layers = [keras.layers.Input((width,))]
    for units in config.hidden:
        layers += [keras.layers.Dense(units, activation="relu"), keras.layers.Dropout(config.dropout)]
    layers.append(keras.layers.Dense(config.classes, activation="softmax"))
    model = keras.Sequential(layers)
    optimizer = OPTIMIZERS[config.optim.name](learning_rate=Warmup(config.optim.lr, config.optim.warmup))
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


config = override(Config(), ["optim.name=sgd", "optim.lr=0.05", "dropout=0.2", "batch_size=8", "classes=3"])
X, y = np.random.randn(80, 12), np.random.randint(0, 4, 80)
model = build(config, X.shape[1])
h = model.fit(X, y, batch_size=config.batch_size, epochs=1, validation_split=0.2, verbose=0)
print(config.optim, sorted(h.history))
