"""Attention and positions, printed as NumPy is told to."""
import numpy as np
import tensorflow as tf

def attention(q, k, v, mask=None):
    d = tf.cast(tf.shape(k)[-1], tf.float32)
    s = tf.matmul(q, k, transpose_b=True) / tf.math.sqrt(d)
    if mask is not None:
        s += (1.0 - mask) * -1e9
    w = tf.nn.softmax(s, axis=-1)
    return tf.matmul(w, v), w

def positions(n, d):
    pos = np.arange(n)[:, None]
    i = np.arange(d)[None, :]
    angle = pos / np.power(10000, (2 * (i // 2)) / np.float32(d))
    angle[:, 0::2] = np.sin(angle[:, 0::2])
    angle[:, 1::2] = np.cos(angle[:, 1::2])
    return tf.cast(angle[None], tf.float32)

q = tf.reshape(tf.range(12, dtype=tf.float32), (1, 3, 4)) / 10
causal = tf.linalg.band_part(tf.ones((3, 3)), -1, 0)
o, w = attention(q, q, q, causal)
print(np.round(o.numpy(), 4))
print(np.round(w.numpy(), 4))
print(np.round(positions(3, 4).numpy(), 4))
np.set_printoptions(suppress=True)
print(positions(2, 6))
