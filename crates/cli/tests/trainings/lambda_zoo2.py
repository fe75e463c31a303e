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

from tensorflow.keras import backend as K
x = np.abs(np.sin(np.arange(6 * 4) * 0.3)).reshape(6, 4).astype("float32") + 0.1
y = np.stack([x.sum(1), x.max(1)], 1)
inp = keras.Input((4,))
h = layers.Lambda(lambda t: tf.concat([t, tf.square(t), tf.math.log(t)], -1))(inp)
h = layers.Lambda(lambda t, k: t[:, ::k] * tf.cast(k, tf.float32), arguments={"k": 2})(h)
h = layers.Dense(5, activation="softsign")(h)
h = layers.Lambda(lambda t: t - tf.reduce_mean(t, axis=1, keepdims=True), name="center")(h)
s = layers.Lambda(lambda ts: tf.stack(ts, axis=1))([h, h * 2.0])
s = layers.Lambda(lambda t: tf.reduce_max(t, axis=1) + tf.stop_gradient(tf.reduce_sum(t, 1)))(s)
out = layers.Dense(2, activation=lambda t: tf.nn.relu6(t) + 0.01 * t)(s)
model = keras.Model(inp, out)
fill(model, 0.7)
def my_loss(t, p):
    return tf.reduce_mean(tf.where(tf.abs(t - p) < 1.0, 0.5 * (t - p) ** 2, tf.abs(t - p) - 0.5), axis=-1)
def my_metric(t, p):
    return tf.reduce_max(tf.abs(t - p))
model.compile("adam", my_loss, metrics=[my_metric])
history = model.fit(x, y, batch_size=4, epochs=4, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
