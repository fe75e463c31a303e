"""Residual blocks with squeeze-and-excitation and batch normalisation, a dictionary of outputs."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def block(x, filters, name):
    shortcut = layers.Conv2D(filters, 1, name=name + "_short")(x)
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=name + "_a")(x)
    y = layers.BatchNormalization(name=name + "_bn")(y)
    y = layers.ReLU(max_value=2.0)(y)
    s = layers.GlobalAveragePooling2D(keepdims=True)(y)
    s = layers.Dense(filters, activation="hard_sigmoid", name=name + "_se")(s)
    return layers.Activation("relu")(layers.Add()([layers.Multiply()([y, s]), shortcut]))


x = np.sin(np.arange(8 * 6 * 6 * 2) * 0.27).reshape(8, 6, 6, 2).astype("float32")
kind = np.arange(8) % 3
size = np.cos(np.arange(8)).astype("float32")
inputs = keras.Input((6, 6, 2))
h = block(inputs, 3, "one")
h = layers.MaxPooling2D(2, padding="same")(h)
h = block(h, 4, "two")
h = layers.GlobalAveragePooling2D()(h)
model = keras.Model(inputs, {"kind": layers.Dense(3, activation="softmax", name="kind")(h), "size": layers.Dense(1, name="size")(h)})
for k, layer in enumerate(model.layers):
    if layer.get_weights() and "bn" not in layer.name:
        layer.set_weights([0.4 * np.sin(np.arange(w.size) * 1.1 + k).reshape(w.shape) for w in layer.get_weights()])
model.compile(keras.optimizers.SGD(0.05, momentum=0.9),
              loss={"kind": "sparse_categorical_crossentropy", "size": "mse"}, loss_weights={"kind": 1.0, "size": 0.5},
              metrics={"kind": "accuracy"})
history = model.fit(x, {"kind": kind, "size": size}, batch_size=3, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x[:3], verbose=0)
weights = model.get_weights()
