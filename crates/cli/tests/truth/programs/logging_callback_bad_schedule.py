"""A callback that logs, one that stops, and a schedule."""
import logging
import math
import os
import sys
from collections import defaultdict

import numpy as np
import keras
from keras import layers

logger = logging.getLogger("train")
logger.addHandler(logging.StreamHandler(sys.stderr))
logger.setLevel(os.environ.get("LOG_LEVEL", "WARNING"))


class History(keras.callbacks.Callback):
    def __init__(self, every=1):
        super().__init__()
        self.every = every
        self.seen = defaultdict(list)

    def on_epoch_end(self, epoch, logs=None):
        for key, value in (logs or {}).items():
            self.seen[key].append(float(value))
        if epoch % self.every == 0:
            logger.info("epoch %d: %s", epoch, {k: round(v[-1], 3) for k, v in self.seen.items()})
        if "loss" in logs and math.isnan(logs["loss"]):
            self.model.stop_training = True


def decay(epoch, rate):
    return rate if epoch < 2 else rate * math.exp(-0.1)


x = np.random.rand(30, 6, 2)
y = np.random.rand(30, 2)
model = keras.Sequential([
    layers.Input((6, 2)),
    layers.LSTM(4),
    layers.Dense(2),
])
model.compile(keras.optimizers.Adam(0.01), loss="mse", metrics=["mae"])
mine = History(every=2)
model.fit(x, y, epochs=3, validation_split=0.2, verbose=0,
          callbacks=[mine, keras.callbacks.LearningRateScheduler(lambda epoch: "0.01"),
                     keras.callbacks.EarlyStopping(patience=2)])
print(sorted(mine.seen))
