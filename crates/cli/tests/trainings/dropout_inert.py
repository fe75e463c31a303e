"""Dropout and noise layers of which nothing is left to chance: rate 0, or inference only."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.sin(np.arange(36).reshape(9, 4) * 0.4).astype("float32")
y = np.cos(np.arange(9))
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(6, activation="relu"),
    layers.Dropout(0.0),
    layers.GaussianNoise(0.0),
    layers.Dense(1),
    layers.ActivityRegularization(l2=0.01),
])
model.set_weights([0.6 * np.sin(np.arange(w.size) + 1).reshape(w.shape) for w in model.get_weights()])
model.compile("sgd", "mse")
history = model.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0)
noisy = keras.Sequential([model, layers.GaussianDropout(0.3), layers.Dropout(0.5), layers.AlphaDropout(0.1), layers.SpatialDropout1D(0.2) if False else layers.Flatten()])
noisy.build((None, 4))
prediction = noisy.predict(x, verbose=0)
dropped = np.asarray(layers.Dropout(0.5)(np.ones((50, 40), "float32"), training=True))
outputs = {"values": np.unique(dropped), "shape": np.array(dropped.shape), "some": np.array([0.4 < dropped.mean() / 2 < 0.6])}
