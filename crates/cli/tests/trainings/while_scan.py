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

x = tf.constant(np.sin(np.arange(12.0)).reshape(3, 4), tf.float32)
w = tf.Variable(0.3 * np.cos(np.arange(16.0)).reshape(4, 4), dtype=tf.float32)
@tf.function
def unroll(x, steps):
    h = tf.zeros_like(x)
    ta = tf.TensorArray(tf.float32, size=steps)
    for t in tf.range(steps):
        h = tf.nn.relu(x + tf.matmul(h, w)) * 0.5
        ta = ta.write(t, tf.reduce_sum(h, axis=1))
    i = tf.constant(0)
    while tf.reduce_sum(h) < 30.0 and i < 6:
        h = h * 1.3
        i += 1
    return ta.stack(), h, i
with tf.GradientTape() as tape:
    seq, h, i = unroll(x, 4)
    loss = tf.reduce_mean(seq) + tf.reduce_sum(h ** 2)
gradients = tape.gradient(loss, [w])
c = tf.scan(lambda a, b: a * 0.5 + b, x)
f = tf.foldl(lambda a, b: a + b ** 2, x)
mp = tf.map_fn(lambda r: tf.sort(r, direction="DESCENDING"), x)
cond = tf.cond(tf.reduce_sum(x) > 0, lambda: x * 2, lambda: x - 1)
outputs = {"seq": seq.numpy(), "h": h.numpy(), "i": np.array(int(i)), "c": c.numpy(), "f": f.numpy(), "mp": mp.numpy(), "cond": cond.numpy()}
