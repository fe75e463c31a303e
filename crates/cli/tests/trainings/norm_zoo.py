"""Batch, layer, group and unit normalisation, with training and with frozen statistics."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

x = np.sin(np.arange(10 * 4 * 4 * 4) * 0.37).reshape(10, 4, 4, 4).astype("float32")
y = np.cos(np.arange(10) * 1.1).astype("float32")
inputs = keras.Input((4, 4, 4))
h = layers.BatchNormalization(momentum=0.5, name="first")(inputs)
h = layers.Conv2D(4, 2, activation="relu", name="conv")(h)
h = layers.GroupNormalization(groups=2, name="group")(h)
h = layers.BatchNormalization(scale=False, name="second")(h)
h = layers.GlobalAveragePooling2D()(h)
h = layers.LayerNormalization(name="layer")(h)
h = layers.Dense(5, name="dense")(h)
h = layers.BatchNormalization(center=False, momentum=0.7, epsilon=0.1, name="third")(h)
h = layers.UnitNormalization()(h)
model = keras.Model(inputs, layers.Dense(1, name="out")(h))
for at, name in enumerate(["conv", "dense", "out"]):
    layer = model.get_layer(name)
    layer.set_weights([0.5 * np.sin(np.arange(w.size) + at).reshape(w.shape) for w in layer.get_weights()])
model.compile(keras.optimizers.SGD(0.05), "mse")
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, validation_data=(x[:5], y[:5]), verbose=0)
model.get_layer("first").trainable = False
model.compile(keras.optimizers.Adam(0.01, epsilon=1e-3), "mae")
more = model.fit(x, y, batch_size=5, epochs=2, shuffle=False, verbose=0)
outputs = {"more": np.array(more.history["loss"]), "train": np.asarray(model(x[:4], training=True)),
           "infer": np.asarray(model(x[:4], training=False))}
prediction = model.predict(x[:3], verbose=0)
weights = model.get_weights()
