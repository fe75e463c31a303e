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


class S(keras.utils.Sequence):
    def __len__(self):
        return 3

    def __getitem__(self, i):
        x = np.sin(np.arange(8) * 0.4 + i).reshape(4, 2)
        return x, x[:, :1] ** 2


def loss(y_true, y_pred):
    return tf.reduce_mean(tf.abs(tf.cast(y_true, y_pred.dtype) - y_pred), axis=-1)


def gen():
    for i in range(8):
        yield np.cos(np.arange(6) * 0.3 + i).reshape(3, 2), np.full((3, 1), i / 8.0)


model = keras.Sequential([layers.Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
fill(model)
model.compile(keras.optimizers.Adam(0.05), loss, metrics=["mse"])
a = model.fit(S(), epochs=2, shuffle=False, verbose=0).history
b = model.fit(gen(), steps_per_epoch=4, epochs=2, verbose=0).history
history = {"a": a["loss"], "b": b["loss"], "c": a["mse"], "d": b["mse"]}
prediction = model.predict(S(), verbose=0)
weights = model.get_weights()
