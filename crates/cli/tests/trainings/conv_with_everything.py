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


x = np.sin(np.arange(6 * 8 * 8 * 4) * 0.11).reshape(6, 8, 8, 4).astype("float32")
y = x[:, 0, 0, :2]
inp = keras.Input((8, 8, 4))
h = layers.Conv2D(4, (3, 2), strides=(2, 1), padding="same", groups=2, activation="swish", kernel_regularizer=keras.regularizers.L1L2(1e-3, 1e-2))(inp)
h = layers.SeparableConv2D(5, 3, depth_multiplier=2, padding="same", pointwise_constraint=keras.constraints.MaxNorm(1.0))(h)
h = layers.DepthwiseConv2D(2, depth_multiplier=2, activation="gelu")(h)
h = layers.Conv2DTranspose(3, 3, strides=2, padding="valid", output_padding=1 if False else None)(h)
h = layers.Conv2D(3, 2, dilation_rate=2, padding="same", bias_regularizer="l1", activity_regularizer=keras.regularizers.L2(1e-3))(h)
h = layers.AveragePooling2D(2, padding="same")(h)
h = layers.UpSampling2D(2, interpolation="bilinear")(h)
h = layers.Cropping2D(((1, 0), (1, 1)))(h)
h = layers.ZeroPadding2D((1, 0))(h)
h = layers.GlobalMaxPooling2D(keepdims=True)(h)
model = keras.Model(inp, layers.Dense(2)(layers.Flatten()(h)))
fill(model, 0.3)
model.compile(keras.optimizers.SGD(0.02, momentum=0.5), "mse")
history = model.fit(x, y, batch_size=3, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
