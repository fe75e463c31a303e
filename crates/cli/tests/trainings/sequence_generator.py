"""Batches from a Sequence and from a Python generator, steps per epoch, an own metric class and an own loss class."""
import numpy as np
import tensorflow as tf
from tensorflow import keras


class Waves(keras.utils.Sequence):
    def __init__(self, count, **kwargs):
        super().__init__(**kwargs)
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, at):
        x = np.sin(np.arange(8).reshape(4, 2) * 0.3 + at).astype("float32")
        return x, x.sum(axis=1, keepdims=True)


def forever():
    at = 0
    while True:
        x = np.cos(np.arange(6).reshape(3, 2) * 0.5 + at).astype("float32")
        yield x, x[:, :1] * x[:, 1:]
        at += 1


class Within(keras.metrics.Metric):
    def __init__(self, limit=0.5, name="within", **kwargs):
        super().__init__(name=name, **kwargs)
        self.limit = limit
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        hit = tf.cast(tf.abs(y_true - y_pred) < self.limit, tf.float32)
        self.hits.assign_add(tf.reduce_sum(hit))
        self.total.assign_add(tf.cast(tf.size(hit), tf.float32))

    def result(self):
        return self.hits / self.total

    def reset_state(self):
        self.hits.assign(0.0)
        self.total.assign(0.0)


class Quantile(keras.losses.Loss):
    def __init__(self, q, name="quantile"):
        super().__init__(name=name)
        self.q = q

    def call(self, y_true, y_pred):
        error = y_true - y_pred
        return tf.reduce_mean(tf.maximum(self.q * error, (self.q - 1.0) * error), axis=-1)


model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])
model.set_weights([0.5 * np.cos(np.arange(w.size) + 0.3).reshape(w.shape) for w in model.get_weights()])
model.compile(keras.optimizers.SGD(0.05), Quantile(0.7), metrics=[Within(0.4)])
first = model.fit(Waves(3), epochs=2, shuffle=False, verbose=0).history
second = model.fit(forever(), steps_per_epoch=4, epochs=2, verbose=0).history
history = {f"{n}/{k}": v for n, h in (("a", first), ("b", second)) for k, v in h.items()}
outputs = list(model.evaluate(Waves(2), verbose=0))
prediction = model.predict(Waves(1), verbose=0)
weights = model.get_weights()
