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


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2, 0.9])).astype("float32")
y = x.sum(axis=1, keepdims=True)
inp = keras.Input((4,))
h = layers.Dense(4)(inp)
h = layers.Lambda(lambda t: tf.where(t > 0, t, tf.math.expm1(t)) * tf.math.sigmoid(t))(h)
h = layers.Lambda(lambda t, k: tf.concat([t ** k, tf.sin(t)], axis=-1), arguments={"k": 2})(h)
g = layers.Lambda(lambda p: tf.einsum("bi,bj->bij", p[0], p[1]))([h, inp])
g = layers.Lambda(lambda t: tf.reduce_mean(t, axis=1) + tf.linalg.norm(t, axis=1))(g)
model = keras.Model(inp, layers.Dense(1)(g))
fill(model, 0.4)
model.compile(keras.optimizers.Adagrad(0.1), lambda t, p: tf.reduce_mean(tf.abs(t - p) ** 1.5, axis=-1), metrics=[lambda t, p: tf.reduce_max(p - t)])
h = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0).history
history = {f"k{i}": v for i, v in enumerate(h.values())}
prediction = model.predict(x, verbose=0)
