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

x = np.sin(np.arange(12 * 4) * 0.37).reshape(12, 4).astype("float32")
y = (x @ np.array([[0.5], [-1.0], [0.3], [0.8]], "float32") + 0.1).astype("float32")
c = (np.arange(12) * 5 % 3)

inp = keras.Input((4,))
d1 = layers.Dense(4, kernel_regularizer=keras.regularizers.L1(0.01), activity_regularizer=keras.regularizers.L2(0.05))
h = d1(inp)
h = layers.ActivityRegularization(l1=0.01, l2=0.02)(h)
d2 = layers.Dense(1, kernel_regularizer=keras.regularizers.OrthogonalRegularizer(0.01, mode="columns") if False else keras.regularizers.L1L2(0.001, 0.002), kernel_constraint=keras.constraints.UnitNorm(axis=0), bias_constraint=keras.constraints.MinMaxNorm(0.1, 0.5))
model = keras.Model(inp, d2(h))
fill(model, 0.6)
model.compile("sgd", "mse", metrics=["mse"])
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
weights = model.get_weights()
outputs = [np.array(v) for v in model.evaluate(x, y, verbose=0)]
