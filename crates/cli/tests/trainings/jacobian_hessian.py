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

v = tf.Variable([0.3, -0.5, 0.8])
m = tf.constant(np.cos(np.arange(9.0)).reshape(3, 3), tf.float32)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        y = tf.reduce_sum(tf.tanh(tf.linalg.matvec(m, v)) ** 2) + tf.reduce_logsumexp(v) * v[0]
    g = inner.gradient(y, v)
h = outer.jacobian(g, v)
with tf.GradientTape(persistent=True) as tape:
    w = tf.stack([v[0] * v[1], tf.exp(v[2]), tf.atan2(v[0], v[1]), tf.math.lgamma(tf.abs(v[2]) + 1.0)])
j = tape.jacobian(w, v)
gs = [tape.gradient(w, v), tape.gradient(w[1], v), tape.gradient(tf.constant(1.0), v)]
gradients = [g, gs[0], gs[2]]
batch = tf.reshape(tf.range(6.0), (3, 2)) / 5
with tf.GradientTape() as tape:
    tape.watch(batch)
    z = tf.sin(batch) * tf.reverse(batch, [1])
bj = tape.batch_jacobian(z, batch)
outputs = {"h": h.numpy(), "j": j.numpy(), "bj": bj.numpy(), "y": y.numpy()}
