"""F1 as a metric class with state and as a function of the backend; both in compile."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K


def recall_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    possible_positives = K.sum(K.round(K.clip(y_true, 0, 1)))
    return true_positives / (possible_positives + K.epsilon())


def precision_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    predicted_positives = K.sum(K.round(K.clip(y_pred, 0, 1)))
    return true_positives / (predicted_positives + K.epsilon())


def f1_m(y_true, y_pred):
    p, r = precision_m(y_true, y_pred), recall_m(y_true, y_pred)
    return 2 * (p * r) / (p + r + K.epsilon())


class F1(keras.metrics.Metric):
    def __init__(self, threshold=0.5, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.threshold = threshold
        self.tp = self.add_weight(name="tp", initializer="zeros")
        self.fp = self.add_weight(name="fp", initializer="zeros")
        self.fn = self.add_weight(name="fn", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.cast(y_true, tf.bool)
        y_pred = tf.greater(y_pred, self.threshold)
        self.tp.assign_add(tf.reduce_sum(tf.cast(y_true & y_pred, tf.float32)))
        self.fp.assign_add(tf.reduce_sum(tf.cast(~y_true & y_pred, tf.float32)))
        self.fn.assign_add(tf.reduce_sum(tf.cast(y_true & ~y_pred, tf.float32)))

    def result(self):
        precision = self.tp / (self.tp + self.fp + 1e-7)
        recall = self.tp / (self.tp + self.fn + 1e-7)
        return 2 * precision * recall / (precision + recall + 1e-7)

    def reset_state(self):
        for v in (self.tp, self.fp, self.fn):
            v.assign(0.0)


rng = np.random.default_rng(9)
x = rng.normal(size=(90, 12)).astype("float32")
y = (x.sum(axis=1) > 0).astype("float32").reshape(-1, 1)
model = keras.Sequential([
    keras.layers.Input((12,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["acc", f1_m, F1()])
history = model.fit(x, y, epochs=2, verbose=0, validation_split=0.3)
print(sorted(history.history))
metric = F1(threshold=0.3)
metric.update_state(y, model.predict(x, verbose=0))
print(float(metric.result()) >= 0)
