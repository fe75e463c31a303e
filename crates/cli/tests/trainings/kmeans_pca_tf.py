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

pts = tf.constant(np.stack([np.sin(np.arange(15) * 1.3), np.cos(np.arange(15) * 0.7)], 1), tf.float32)
cent = tf.Variable(pts[:3])
for _ in range(4):
    d = tf.reduce_sum((pts[:, None] - cent[None]) ** 2, -1)
    a = tf.argmin(d, 1)
    new = tf.stack([tf.reduce_mean(tf.boolean_mask(pts, tf.equal(a, k)), 0) for k in range(3)])
    cent.assign(new)
z = pts - tf.reduce_mean(pts, 0)
cov = tf.matmul(z, z, transpose_a=True) / 14.0
vals, vecs = tf.linalg.eigh(cov)
part = tf.dynamic_partition(pts[:, 0], tf.cast(a, tf.int32), 3)
outputs = {"cent": cent.numpy(), "a": a.numpy(), "vals": vals.numpy(), "n": np.array([len(p) for p in part]), "proj": np.abs((z @ vecs).numpy()), "hist": tf.histogram_fixed_width(pts[:, 0], [-1.0, 1.0], 5).numpy(), "pct": np.percentile(pts.numpy(), 30, axis=0), "seg": tf.math.unsorted_segment_mean(pts, a, 3).numpy(), "var": np.concatenate([t.numpy().ravel() for t in tf.nn.moments(pts, 0)]), "cum": tf.math.cumulative_logsumexp(pts, axis=0).numpy()[:3], "rev": tf.reverse_sequence(tf.reshape(tf.range(12), (3, 4)), [2, 3, 4], 1).numpy(), "nth": np.sort(pts.numpy(), 0)[2], "rag": tf.RaggedTensor.from_row_lengths(tf.range(5), [2, 0, 3]).to_tensor(-1).numpy()}
