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


from tensorflow import keras as K
x = tf.constant(np.sin(np.arange(12) * 0.7).reshape(3, 4).astype("float32"))
w = tf.Variable(np.cos(np.arange(12) * 0.3).reshape(4, 3).astype("float32"))
with tf.GradientTape(persistent=True) as t:
    z = tf.einsum("ij,jk->ik", x, w)
    s = tf.nn.softmax(z, axis=0) * tf.math.cumsum(z, axis=1, reverse=True)
    p = tf.math.segment_sum(s, [0, 0, 1])
    q = tf.math.top_k(tf.abs(z), 2).values
    r = tf.math.reduce_logsumexp(z, axis=1) + tf.math.reduce_std(z, axis=1) + tf.norm(z, axis=1)
    u = tf.linalg.det(tf.eye(3) + 0.1 * z) + tf.linalg.trace(tf.linalg.inv(tf.eye(3) * 2 + 0.1 * z))
    v = tf.reduce_sum(tf.math.erf(z)) + tf.reduce_sum(tf.math.lgamma(tf.abs(z) + 1)) + tf.reduce_prod(tf.sigmoid(z)) + tf.reduce_max(tf.sort(z, axis=0)[1])
    k = tf.reduce_sum(tf.where(z > 0, tf.sqrt(tf.abs(z)), tf.square(z))) + tf.reduce_sum(tf.tensordot(z, z, [[1], [1]])) + tf.reduce_sum(tf.pad(z, [[1, 0], [0, 2]], "REFLECT"))
    loss = tf.reduce_sum(p) + tf.reduce_sum(q) + tf.reduce_sum(r) + u + v + k
gradients = [t.gradient(f, w).numpy() for f in (loss, u, v, k, p, q, r)] + [t.gradient(z, w, output_gradients=tf.sin(z)).numpy()]
outputs = {"p": p.numpy(), "q": q.numpy(), "r": r.numpy(), "u": u.numpy(), "v": v.numpy(), "k": k.numpy(), "hist": tf.histogram_fixed_width(z, [-1.0, 1.0], 5).numpy(), "bin": tf.math.bincount([1, 2, 2, 5]).numpy(),
           "cm": tf.math.confusion_matrix([0, 1, 2, 1], [0, 2, 2, 1]).numpy(), "oh": tf.one_hot([0, 2], 3, on_value=2.0, off_value=-1.0).numpy(), "sm": tf.sequence_mask([1, 3], 4).numpy()}
