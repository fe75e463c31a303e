"""Encoders made by a class with properties, static methods and a context manager."""
import contextlib
import functools
import time

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers


@contextlib.contextmanager
def timed(label):
    start = time.perf_counter()
    try:
        yield
    finally:
        print(f"{label}: {time.perf_counter() - start:.2f} s")


class AutoencoderBuilder:
    _made = 0

    def __init__(self, input_dim, *widths, activation="relu", **options):
        self.input_dim = input_dim
        self.widths = list(widths)
        self.activation = activation
        self.options = options

    @property
    def code_size(self):
        return self.widths[-1]

    @staticmethod
    def dense(units, activation, **kwargs):
        return layers.Dense(units, activation=activation, **kwargs)

    @functools.cached_property
    def encoder(self):
        inputs = keras.Input((self.input_dim,))
        stack = [self.dense(w, self.activation) for w in self.widths]
        return keras.Model(inputs, functools.reduce(lambda x, layer: layer(x), stack, inputs), name="encoder")

    @functools.cached_property
    def decoder(self):
        inputs = keras.Input((self.code_size,))
        x = inputs
        for width in reversed(self.widths[:-1]):
            x = self.dense(width, self.activation)(x)
        return keras.Model(inputs, self.dense(self.widths[0], "sigmoid")(x), name="decoder")

    def build(self):
        type(self)._made += 1
        inputs = keras.Input((self.input_dim,))
        model = keras.Model(inputs, self.decoder(self.encoder(inputs)), name=f"auto_{self._made}")
        model.compile(self.options.get("optimizer", "adam"), self.options.get("loss", "mse"))
        return model


with timed("building"):
    builder = AutoencoderBuilder(30, 16, 8, loss="binary_crossentropy")
    model = builder.build()
data = np.random.rand(50, 30)
with timed("fitting"):
    model.fit(data, data, epochs=1, batch_size=25, verbose=0)
codes = builder.encoder.predict(data, verbose=0)
print(codes.shape[1] == builder.code_size, model.name)
