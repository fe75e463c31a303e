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


v = tf.Variable(tf.zeros((4, 3)))
v.scatter_nd_update([[0, 1], [2, 2]], [1.5, -2.0])
a = v.numpy()
v[1].assign(tf.constant([1.0, 2.0, 3.0]))
b = v.numpy()
v[2:4, 0].assign([7.0, 8.0])
c = v.numpy()
v.scatter_nd_add([[3]], [[0.5, 0.5, 0.5]])
v.scatter_nd_sub([[0, 0]], [1.0])
d = v.numpy()
v.scatter_update(tf.IndexedSlices(tf.ones((1, 3)), [2]))
v.scatter_add(tf.IndexedSlices(tf.ones((2, 3)), [0, 0]))
v.scatter_max(tf.IndexedSlices(tf.constant([[0.0, 5.0, 0.0]]), [1]))
e = v.numpy()


@tf.function
def step(i):
    v[i].assign(v[i] * 2.0)
    v.scatter_nd_update([[i, 0]], [tf.reduce_sum(v)])
    return tf.reduce_sum(v)


s = [float(step(tf.constant(i))) for i in range(3)]
with tf.GradientTape() as t:
    loss = tf.reduce_sum(tf.gather(v, [0, 2]) ** 2)
gradients = [tf.convert_to_tensor(t.gradient(loss, v)).numpy()]
outputs = {"a": a, "b": b, "c": c, "d": d, "e": e, "s": np.array(s), "f": v.numpy()}
