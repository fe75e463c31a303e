import functools
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K


def quantile_loss(q, y, f):
    e = y - f
    return K.mean(K.maximum(q * e, (q - 1) * e), axis=-1)


def build(units=(16, 8), n_features=6, out=1):
    model = keras.Sequential([keras.layers.InputLayer(input_shape=(n_features,))] if False else [])
    model.add(keras.Input(shape=(n_features,)))
    for u in units:
        model.add(keras.layers.Dense(u, activation="elu"))
    model.add(keras.layers.Dense(out))
    return model


X = np.random.rand(90, 6)
y = X @ np.arange(6) + np.random.randn(90)
quantiles = [0.1, 0.5, 0.9]
predictions = {}
for q in quantiles:
    model = build()
    model.compile(loss=functools.partial(quantile_loss, q), optimizer="adam")
    model.fit(X, y, epochs=1, batch_size=30, verbose=0)
    predictions[q] = model.predict(X[:10], verbose=0)[:, 0]
frame = np.stack([predictions[q] for q in (0.1, 0.25, 0.9)], axis=1)
print(frame.shape)
