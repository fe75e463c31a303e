import os
import tempfile
import numpy as np
import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="demo")
class Swiglu(layers.Layer):
    def __init__(self, hidden, **kwargs):
        super().__init__(**kwargs)
        self.hidden = hidden

    def build(self, input_shape):
        d = input_shape[-1]
        self.w = self.add_weight(shape=(d, self.hidden), name="w")
        self.v = self.add_weight(shape=(d, self.hidden), name="v")
        self.o = self.add_weight(shape=(self.hidden, d), name="o")

    def call(self, x):
        a = ops.matmul(x, self.w)
        return ops.matmul(ops.silu(a) * ops.matmul(x, self.v), self.o)

    def get_config(self):
        return {**super().get_config(), "units": self.hidden}


@keras.saving.register_keras_serializable(package="demo")
def log_cosh_plus(y_true, y_pred):
    d = y_pred - y_true
    return ops.mean(ops.log(ops.cosh(d) + 1e-7) + 0.1 * ops.square(d), axis=-1)


@keras.saving.register_keras_serializable(package="demo")
class WithinTolerance(keras.metrics.Metric):
    def __init__(self, tol=0.5, name="within", **kwargs):
        super().__init__(name=name, **kwargs)
        self.tol = tol
        self.total = self.add_weight(shape=(), initializer="zeros", name="total")
        self.count = self.add_weight(shape=(), initializer="zeros", name="count")

    def update_state(self, y_true, y_pred, sample_weight=None):
        hit = ops.cast(ops.abs(y_pred - ops.cast(y_true, y_pred.dtype)) < self.tol, "float32")
        self.total.assign_add(ops.sum(hit))
        self.count.assign_add(ops.cast(ops.size(hit), "float32"))

    def result(self):
        return ops.divide_no_nan(self.total, self.count)

    def reset_state(self):
        self.total.assign(0.0)
        self.count.assign(0.0)

    def get_config(self):
        return {**super().get_config(), "tol": self.tol}


model = keras.Sequential([layers.Input((6, 8)), Swiglu(16), layers.LayerNormalization(), layers.Flatten(), layers.Dense(1)])
model.compile("adam", loss=log_cosh_plus, metrics=[WithinTolerance(0.3)])
x, y = np.random.rand(40, 6, 8), np.random.rand(40, 1)
model.fit(x, y, epochs=1, verbose=0)
with tempfile.TemporaryDirectory() as d:
    path = os.path.join(d, "m.keras")
    model.save(path)
    again = keras.models.load_model(path)
    print(os.path.exists(path), np.allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-5))
    print(sorted(again.evaluate(x, y, return_dict=True, verbose=0)))
