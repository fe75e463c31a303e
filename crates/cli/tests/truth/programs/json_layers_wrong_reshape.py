"""A network that is described in JSON, each layer by its class's name and its arguments."""
import json
from pathlib import Path

import numpy as np
import tensorflow as tf

HERE = Path(__file__).parent
CONFIG = """
{
  "input": [20],
  "layers": [
    {"type": "Dense", "units": 32, "activation": "relu"},
    {"type": "BatchNormalization"},
    {"type": "Reshape", "target_shape": [8, 5]},
    {"type": "Conv1D", "filters": 6, "kernel_size": 3, "activation": "relu"},
    {"type": "GlobalAveragePooling1D"},
    {"type": "Dense", "units": 3, "activation": "softmax"}
  ],
  "optimizer": {"name": "RMSprop", "learning_rate": 0.01}
}
"""


def make(config):
    inputs = tf.keras.Input(shape=tuple(config["input"]))
    x = inputs
    for entry in config["layers"]:
        entry = dict(entry)
        layer = getattr(tf.keras.layers, entry.pop("type"))
        x = layer(**entry)(x)
        print(f"{layer.__name__:>24}  {tuple(x.shape)}")
    return tf.keras.Model(inputs, x)


config = json.loads(CONFIG)
model = make(config)
options = config["optimizer"].copy()
optimizer = getattr(tf.keras.optimizers, options.pop("name"))(**options)
model.compile(optimizer, loss="sparse_categorical_crossentropy")
checkpoint = HERE / "runs" / "best.weights.h5"
print(checkpoint.name, checkpoint.suffix, checkpoint.with_suffix(".json").name)
x = np.random.normal(size=(24, *config["input"]))
y = np.arange(24) % 3
history = model.fit(x, y, batch_size=6, epochs=2, verbose=0)
assert set(history.history) == {"loss"}
