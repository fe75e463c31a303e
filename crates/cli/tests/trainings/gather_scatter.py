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

table = tf.Variable(np.sin(np.arange(20.0)).reshape(5, 4), dtype=tf.float32)
idx = tf.constant([[0, 2], [4, 4], [1, 0]])
with tf.GradientTape() as tape:
    e = tf.nn.embedding_lookup(table, idx)
    p = tf.gather(e, [0, 2], axis=0)
    nd = tf.gather_nd(table, [[0, 1], [3, 2], [0, 1]])
    s = tf.math.segment_sum(table, [0, 0, 1, 2, 2])
    u = tf.math.unsorted_segment_max(table, [2, 0, 2, 1, 0], 3)
    sc = tf.scatter_nd([[1], [3], [1]], tf.stack([nd, nd * 2, nd * 3]), [5, 3])
    up = tf.tensor_scatter_nd_update(table, [[0], [2]], tf.ones((2, 4)))
    k = tf.math.top_k(table, 2).values
    loss = tf.reduce_sum(p ** 2) + tf.reduce_sum(nd) + tf.reduce_sum(s ** 2) + tf.reduce_sum(u) + tf.reduce_sum(sc ** 2) + tf.reduce_sum(up ** 2) + tf.reduce_sum(k)
g = tape.gradient(loss, table)
gradients = [tf.convert_to_tensor(g)]
oh = tf.one_hot(idx, 5, on_value=2.0, off_value=-1.0, axis=1)
b = tf.boolean_mask(table, table[:, 0] > 0)
outputs = {"oh": oh.numpy(), "b": b.numpy(), "up": up.numpy(), "sc": sc.numpy(), "u": u.numpy(), "arg": tf.argsort(table, axis=0).numpy(), "bin": tf.math.bincount([1, 2, 2, 5]).numpy(), "uniq": tf.unique([3, 1, 3, 2]).idx.numpy()}
