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

x1 = np.sin(np.arange(4 * 10 * 3) * 0.2).reshape(4, 10, 3).astype("float32")
inp = keras.Input((10, 3))
h = layers.Conv1D(6, 3, padding="causal", dilation_rate=2, groups=3, activation="relu")(inp)
h = layers.SeparableConv1D(5, 3, padding="same", depth_multiplier=2)(h)
h = layers.Conv1DTranspose(4, 3, strides=2, padding="same")(h)
h = layers.MaxPooling1D(3, 2, padding="same")(h)
h = layers.DepthwiseConv1D(2, strides=2)(h)
h = layers.SpatialDropout1D(0.0)(h)
h = layers.GlobalAveragePooling1D(keepdims=True)(h)
h = layers.Reshape((2, 2))(h)
h = layers.Flatten()(h)
out = layers.Dense(2)(layers.ReLU(max_value=1.0, negative_slope=0.1, threshold=0.05)(h))
model = keras.Model(inp, out)
fill(model, 0.4)
model.compile(keras.optimizers.Adam(0.02), "mean_squared_logarithmic_error" if False else "mse", metrics=["mean_absolute_percentage_error"])
y = np.abs(x1[:, :2, 0]) + 0.5
history = model.fit(x1, y, batch_size=2, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x1, verbose=0)
weights = model.get_weights()
v = np.sin(np.arange(1 * 4 * 4 * 4 * 2) * 0.2).reshape(1, 4, 4, 4, 2).astype("float32")
c3 = layers.Conv3D(2, 2, strides=(1, 2, 2), padding="same")
c3(v)
c3.set_weights([0.3 * np.cos(np.arange(32.0)).reshape(2, 2, 2, 2, 2), np.array([0.1, -0.1])])
t3 = layers.Conv3DTranspose(2, 2, strides=2)
t3(v)
t3.set_weights([0.3 * np.cos(np.arange(32.0)).reshape(2, 2, 2, 2, 2), np.array([0.1, -0.1])])
outputs = {"c3": np.array(c3(v)), "t3": np.array(t3(v)), "p3": np.array(layers.MaxPooling3D(2)(v)), "u3": np.array(layers.UpSampling3D((1, 2, 1))(v)), "a3": np.array(layers.AveragePooling3D(3, 1, "same")(v))}
