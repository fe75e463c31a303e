"""Lambda layers of every kind: slices, backends, several inputs, state, closures."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Input, Lambda, Dense, concatenate, Flatten
from tensorflow.keras.models import Model


def crop(dim, start, end):
    def func(x):
        if dim == 0:
            return x[start:end]
        if dim == 1:
            return x[:, start:end]
        if dim == 2:
            return x[:, :, start:end]
        return x[:, :, :, start:end]
    return Lambda(func)


def l2norm(x, axis=-1):
    return K.l2_normalize(x, axis=axis)


inp = Input((8, 6))
left = crop(1, 0, 4)(inp)
right = crop(1, 4, 8)(inp)
diff = Lambda(lambda t: K.abs(t[0] - t[1]), name="distance")([left, right])
normed = Lambda(l2norm, arguments={"axis": 1}, output_shape=(4, 6))(diff)
mean = Lambda(lambda t: tf.reduce_mean(t, axis=1))(normed)
tiled = Lambda(lambda t: tf.tile(t, [1, 4, 1]))(mean)
merged = concatenate([normed, tiled], axis=-1)
hot = Lambda(lambda t: K.cast(K.argmax(t, axis=-1), "float32"))(merged)
out = Dense(1)(concatenate([Flatten()(merged), hot]))
model = Model(inp, out)
model.compile(optimizer="sgd", loss="mse")
model.fit(np.random.rand(12, 8, 6), np.random.rand(12), verbose=0)
print(model.output_shape, model.count_params())
