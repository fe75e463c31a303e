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

a = tf.constant(np.cos(np.arange(16.0) * 1.3).reshape(4, 4) + 3 * np.eye(4), tf.float32)
v = tf.Variable(a)
with tf.GradientTape() as tape:
    spd = tf.matmul(v, v, transpose_b=True) + tf.eye(4)
    c = tf.linalg.cholesky(spd)
    inv = tf.linalg.inv(v)
    sol = tf.linalg.solve(v, tf.ones((4, 2)))
    det = tf.linalg.det(v)
    ld = tf.linalg.logdet(spd)
    loss = tf.reduce_sum(c) + tf.reduce_sum(inv ** 2) + tf.reduce_sum(sol) + 0.01 * det + ld + tf.linalg.trace(v)
gradients = [tape.gradient(loss, v)]
sig = tf.constant(np.sin(np.arange(32) * 0.4), tf.float32)
f = tf.signal.rfft(sig)
fr = tf.signal.frame(sig, 8, 4)
st = tf.abs(tf.signal.stft(sig, 8, 4))
e = tf.einsum("ij,kj->ik", a, a)
ev = tf.linalg.eigvalsh(spd)
sv = tf.linalg.svd(a, compute_uv=False)
outputs = {"abs": tf.abs(f).numpy(), "fr": fr.numpy(), "st": st.numpy(), "e": e.numpy(), "ev": ev.numpy(), "sv": sv.numpy(), "back": tf.signal.irfft(f).numpy(), "norm": tf.norm(a, ord=1, axis=1).numpy(), "cs": tf.cumsum(a, axis=1, exclusive=True, reverse=True).numpy(), "band": tf.linalg.band_part(a, 1, 0).numpy(), "tri": tf.linalg.triangular_solve(c, tf.ones((4, 1))).numpy()}
