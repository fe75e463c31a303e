"""Age and gender from faces: a Sequence that yields dicts."""
import math
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model
from tensorflow.keras.utils import Sequence

CONFIG = {
    "batch": 6,
    "size": (24, 24),
    "tasks": {"age": {"units": 1, "loss": "mse", "weight": 0.1},
              "gender": {"units": 1, "loss": "binary_crossentropy", "weight": 1.0},
              "race": {"units": 5, "loss": "sparse_categorical_crossentropy", "weight": 1.0}},
}


class FaceSequence(Sequence):
    def __init__(self, rows, config, shuffle=True, **kwargs):
        super().__init__(**kwargs)
        self.rows = rows
        self.config = config
        self.shuffle = shuffle
        self.on_epoch_end()

    def __len__(self):
        return math.ceil(len(self.rows) / self.config["batch"])

    def __getitem__(self, idx):
        lo = idx * self.config["batch"]
        hi = min(lo + self.config["batch"], len(self.rows))
        rows = [self.rows[i] for i in self.order[lo:hi]]
        images = np.stack([self.load(r) for r in rows])
        targets = {
            "age": np.array([r["age"] for r in rows], dtype="float32"),
            "gender": np.array([r["gender"] for r in rows], dtype="float32"),
            "race": np.array([r["race"] for r in rows], dtype="int32"),
        }
        return images, targets

    def load(self, row):
        h, w = self.config["size"]
        return np.full((h, w, 3), row["age"] / 100.0, dtype="float32")

    def on_epoch_end(self):
        self.order = np.arange(len(self.rows))
        if self.shuffle:
            np.random.shuffle(self.order)


rows = [{"age": 10 + i, "gender": i % 2, "race": i % 5} for i in range(20)]
train, valid = FaceSequence(rows[:14], CONFIG), FaceSequence(rows[14:], CONFIG, shuffle=False)

inputs = layers.Input(shape=CONFIG["size"] + (3,), name="face")
trunk = layers.Conv2D(8, 3, activation="relu")(inputs)
trunk = layers.MaxPooling2D()(trunk)
trunk = layers.Flatten()(trunk)
outputs = {}
for name, task in CONFIG["tasks"].items():
    act = {"mse": "linear", "binary_crossentropy": "sigmoid"}.get(task["loss"], "softmax")
    outputs[name] = layers.Dense(task["units"], activation=act, name=name)(trunk)
model = Model(inputs, outputs)
model.compile(optimizer="adam", loss={k: t["loss"] for k, t in CONFIG["tasks"].items()},
              loss_weights={k: t["weight"] for k, t in CONFIG["tasks"].items()},
              metrics={"age": "mae", "gender": "accuracy"})
model.fit(train, validation_data=valid, epochs=2, verbose=0)
result = model.predict(valid, verbose=0)
print({k: v.shape for k, v in result.items()})
