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


keras.mixed_precision.set_global_policy("mixed_bfloat16")
x = np.sin(np.outer(np.arange(6), [0.4, 1.3, 2.2])).astype("float32")
inp = keras.Input((3,))
h = layers.LayerNormalization(epsilon=1e-2)(layers.Dense(4, activation="relu")(inp))
g = layers.LayerNormalization(epsilon=1e-6, axis=-1)(h)
model = keras.Model(inp, layers.Dense(1, dtype="float32")(layers.Concatenate()([h, g])))
fill(model, 0.5)
outputs = {"seen": np.array(tf.cast(layers.Concatenate()(keras.Model(inp, [h, g])(x)), tf.float32)) > 0.1}
keras.mixed_precision.set_global_policy("float32")
