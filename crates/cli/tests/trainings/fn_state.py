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


class Counter(tf.Module):
    def __init__(self):
        self.n = tf.Variable(0, dtype=tf.int32)
        self.w = tf.Variable([1.0, 2.0])
        self.hist = None

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def step(self, x):
        self.n.assign_add(1)
        i = tf.constant(0)
        acc = tf.zeros(())
        while i < tf.shape(x)[0]:
            if x[i] > 0:
                acc += x[i] * self.w[0]
            else:
                acc -= x[i] * self.w[1]
            i += 1
        for v in x:
            if v > 2.0:
                break
            acc += v
        ta = tf.TensorArray(tf.float32, size=0, dynamic_size=True)
        for j in tf.range(3):
            ta = ta.write(j, tf.cast(j, tf.float32) * acc)
        self.w.assign_sub(0.1 * tf.stack([acc, 1.0]))
        return acc, ta.stack()


c = Counter()
r = [c.step(tf.constant(v)) for v in ([1.0, -2.0, 3.0], [0.5], [2.5, -1.0])]
out = tf.while_loop(lambda i, s: i < 5, lambda i, s: (i + 1, s + tf.cast(i, tf.float32) ** 2), [tf.constant(0), tf.constant(0.0)])
cond = tf.cond(out[1] > 10.0, lambda: out[1] * 2, lambda: out[1])
sw = tf.switch_case(tf.constant(1), [lambda: 1.0, lambda: 2.5, lambda: 3.0])
m = tf.map_fn(lambda v: v * v + 1.0, tf.constant([1.0, 2.0, 3.0]))
sc = tf.scan(lambda a, v: a * 0.5 + v, tf.constant([1.0, 2.0, 3.0]))
vm = tf.vectorized_map(lambda v: tf.reduce_sum(v ** 2), tf.reshape(tf.range(6.0), (3, 2)))
f = tf.foldl(lambda a, v: a + v, tf.constant([1.0, 2.0, 3.0]))
outputs = {"accs": np.array([float(a) for a, _ in r]), "tas": np.array([t.numpy() for _, t in r]), "n": np.array(int(c.n)), "w": c.w.numpy(), "cond": cond.numpy(),
           "sw": np.array(float(sw)), "m": m.numpy(), "sc": sc.numpy(), "vm": vm.numpy(), "f": f.numpy()}
