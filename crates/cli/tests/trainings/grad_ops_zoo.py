import numpy as np
import tensorflow as tf

x = tf.Variable(np.linspace(-1.2, 1.4, 12).reshape(3, 4).astype("float32"))
outs = {}


def g(name, fn):
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(fn(x))
    d = tape.gradient(y, x)
    outs[name] = None if d is None else tf.convert_to_tensor(d).numpy()


g("cumsum", lambda v: tf.cumsum(v, axis=1, exclusive=True) ** 2)
g("cumprod", lambda v: tf.math.cumprod(v + 2.0, axis=0))
g("logsumexp", lambda v: tf.reduce_logsumexp(v, axis=1))
g("norm", lambda v: tf.norm(v, axis=0))
g("gather", lambda v: tf.gather(v, [0, 2, 0]) * [[1.0], [2.0], [3.0]])
g("gather_nd", lambda v: tf.gather_nd(v, [[0, 1], [2, 3], [0, 1]]) ** 3)
g("scatter", lambda v: tf.tensor_scatter_nd_update(v, [[0], [1]], tf.ones((2, 4))) ** 2)
g("roll", lambda v: tf.roll(v, 1, axis=1) * v)
g("sort", lambda v: tf.sort(v, axis=1, direction="DESCENDING") * [1.0, 2.0, 3.0, 4.0])
g("topk", lambda v: tf.math.top_k(v, 2).values ** 2)
g("where", lambda v: tf.where(v > 0, v * 2, tf.exp(v)))
g("clip", lambda v: tf.clip_by_value(v, -0.5, 0.5) * 3)
g("prod", lambda v: tf.reduce_prod(v, axis=1))
g("std", lambda v: tf.math.reduce_std(v, axis=0))
g("erf", lambda v: tf.math.erf(v) + tf.math.lgamma(v + 3.0) + tf.math.digamma(v + 3.0))
g("atan2", lambda v: tf.math.atan2(v, v + 3.0))
g("einsum", lambda v: tf.einsum("ij,kj->ik", v, v))
g("inv", lambda v: tf.linalg.inv(tf.matmul(v, v, transpose_b=True) + tf.eye(3)))
g("det", lambda v: tf.linalg.logdet(tf.matmul(v, v, transpose_b=True) + tf.eye(3)))
g("chol", lambda v: tf.linalg.cholesky(tf.matmul(v, v, transpose_b=True) + tf.eye(3)))
g("eigh", lambda v: tf.linalg.eigh(tf.matmul(v, v, transpose_b=True))[0] * [1.0, 2.0, 3.0])
g("segment", lambda v: tf.math.segment_sum(v, [0, 0, 1]) ** 2)
g("unsorted", lambda v: tf.math.unsorted_segment_max(v, [1, 0, 1], 2))
g("huber", lambda v: tf.keras.losses.huber(tf.zeros_like(v), v))
g("l2n", lambda v: tf.nn.l2_normalize(v, axis=1) * [1.0, 2.0, 3.0, 4.0])
g("conv", lambda v: tf.nn.conv1d(v[None], tf.ones((2, 4, 2)) * 0.3, 1, "SAME") ** 2)
g("pool", lambda v: tf.nn.max_pool1d(v[None], 2, 1, "VALID"))
g("lrn", lambda v: tf.nn.local_response_normalization(v[None, None], depth_radius=1))
g("mirror", lambda v: tf.pad(v, [[1, 1], [0, 0]], "REFLECT") ** 2)
g("split", lambda v: tf.concat(tf.split(v, 2, axis=1)[::-1], axis=0) * tf.constant([[1.0, 2.0]]))
g("repeat", lambda v: tf.repeat(v, [1, 2, 0], axis=0) ** 2)
g("sinc", lambda v: tf.math.xlogy(v + 2.0, v + 3.0) + tf.math.sinh(v) + tf.math.softplus(v))
g("stop", lambda v: v * tf.stop_gradient(v))
g("round", lambda v: tf.round(v) + 0 * v)
g("boolmask", lambda v: tf.boolean_mask(v, v > 0) ** 2)
g("linspace", lambda v: tf.linspace(v[0, 0], v[1, 1], 4) ** 2)
g("bessel", lambda v: tf.math.special.bessel_i0e(v))
g("diff", lambda v: tf.nn.swish(v) + tf.nn.gelu(v, approximate=True) + tf.nn.selu(v) + tf.nn.elu(v) + tf.nn.relu6(v * 5))
gradients = list(outs.values())
print(len(outs), [k for k, v in outs.items() if v is None])
