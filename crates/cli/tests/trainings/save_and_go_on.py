import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)


import os
import tempfile

x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2])).astype("float32")
y = x.sum(axis=1, keepdims=True)
folder = tempfile.mkdtemp()


@keras.utils.register_keras_serializable("own")
class Scale(layers.Layer):
    def __init__(self, factor=1.0, **kw):
        super().__init__(**kw)
        self.factor = factor

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1],), initializer="ones", name="w")
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")

    def call(self, v, training=None):
        if training:
            self.count.assign_add(1.0)
        return v * self.w * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}


inp = keras.Input((3,))
h = layers.Dense(4, activation="tanh")(inp)
h = layers.BatchNormalization()(Scale(1.5)(h))
model = keras.Model(inp, layers.Dense(1, kernel_regularizer="l2")(h))
fill(model, 0.6)
model.compile(keras.optimizers.Adam(0.05, epsilon=1e-3), "mse", metrics=["mae"])
h1 = model.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=0).history
model.save(os.path.join(folder, "m.keras"))
h2 = model.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=0).history
again = keras.models.load_model(os.path.join(folder, "m.keras"))
h3 = again.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=0).history
model.save(os.path.join(folder, "m.h5"))
h5 = keras.models.load_model(os.path.join(folder, "m.h5"))
h4 = h5.fit(x, y, batch_size=5, epochs=1, shuffle=False, verbose=0).history
clone = keras.models.clone_model(model)
clone.set_weights(model.get_weights())
clone.compile(keras.optimizers.SGD(0.1), "mae")
h6 = clone.fit(x, y, batch_size=5, epochs=1, shuffle=False, verbose=0).history
history = {f"{i}/{k}": v for i, h in enumerate([h1, h2, h3, h4, h6]) for k, v in h.items()}
prediction = again.predict(x, verbose=0)
weights = h5.get_weights()
