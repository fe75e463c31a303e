"""Weights kept and given back, a model cloned, a head put on a frozen base."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.sin(np.arange(30).reshape(10, 3) * 0.4).astype("float32")
y = (x ** 2).sum(axis=1)
base = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="relu", name="features"), layers.BatchNormalization(momentum=0.8)], name="base")
base.get_layer("features").set_weights([0.5 * np.sin(np.arange(12) + 1).reshape(3, 4), np.zeros(4)])
inputs = keras.Input((3,))
model = keras.Model(inputs, layers.Dense(1, kernel_initializer="ones")(base(inputs, training=False)))
model.compile(keras.optimizers.SGD(0.02), "mse")
start = model.get_weights()
first = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
model.set_weights(start)
again = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
base.trainable = False
model.compile(keras.optimizers.Adam(0.1, epsilon=1e-2), "mse")
frozen = model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0).history["loss"]
copy = keras.models.clone_model(model)
copy.set_weights(model.get_weights())
copy.compile("sgd", "mae")
history = {"first": first, "again": again, "frozen": frozen, "copy": copy.fit(x, y, batch_size=10, epochs=1, verbose=0, shuffle=False).history["loss"]}
prediction = [model.predict(x[:2], verbose=0), copy.predict(x[:2], verbose=0)]
weights = model.get_weights()
