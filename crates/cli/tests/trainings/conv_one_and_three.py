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


x = np.sin(np.arange(4 * 10 * 3) * 0.17).reshape(4, 10, 3).astype("float32")
v = np.cos(np.arange(4 * 4 * 4 * 4 * 2) * 0.07).reshape(4, 4, 4, 4, 2).astype("float32")
y = x[:, 0, :1] + v[:, 0, 0, 0, :1]
a = keras.Input((10, 3))
b = keras.Input((4, 4, 4, 2))
h = layers.Conv1D(4, 3, padding="causal", dilation_rate=2, activation="relu")(a)
h = layers.SeparableConv1D(4, 3, strides=1, padding="same")(h)
h = layers.DepthwiseConv1D(3, depth_multiplier=2)(h)
h = layers.Conv1DTranspose(3, 3, strides=2, padding="same")(h)
h = layers.MaxPooling1D(2)(h)
h = layers.ZeroPadding1D((1, 2))(h)
h = layers.Cropping1D(1)(h)
h = layers.GlobalAveragePooling1D()(h)
g = layers.Conv3D(3, 2, activation="tanh")(b)
g = layers.Conv3DTranspose(2, 2, strides=1)(g)
g = layers.AveragePooling3D(2)(g)
g = layers.UpSampling3D(2)(g)
g = layers.GlobalAveragePooling3D()(g)
model = keras.Model([a, b], layers.Dense(1)(layers.concatenate([h, g])))
fill(model, 0.4)
model.compile(keras.optimizers.Adam(0.01, epsilon=1e-2), "mse")
history = model.fit([x, v], y, batch_size=2, epochs=4, shuffle=False, verbose=0)
prediction = model.predict([x, v], verbose=0)
weights = model.get_weights()
