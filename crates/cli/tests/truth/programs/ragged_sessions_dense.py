import tensorflow as tf
import numpy as np

sessions = [[3, 5, 7], [1], [2, 2, 9, 4, 4], [8, 6]] * 8
rt = tf.ragged.constant(sessions, dtype=tf.int64)
print(rt.shape, rt.row_lengths().shape, rt.bounding_shape())
target = np.random.randint(0, 2, (32, 1))

embedding = tf.keras.layers.Embedding(10, 6)
flat = embedding(rt.values)
means = tf.math.segment_mean(flat, rt.value_rowids())
print(means.shape)
counts = tf.math.unsorted_segment_sum(tf.ones_like(rt.values, dtype=tf.float32), rt.values, num_segments=10)
hist = tf.tensor_scatter_nd_update(tf.zeros([10]), [[1], [3]], [2.0, 5.0])
sc = tf.scatter_nd(tf.constant([[0], [4]]), tf.constant([1.0, 2.0]), tf.constant([10]))
print(counts.shape, hist.shape, sc.shape)

padded = rt.to_tensor(default_value=0, shape=[None, 4])
mask = tf.sequence_mask(rt.row_lengths(), maxlen=5, dtype=tf.float32)


class MaskedMean(tf.keras.layers.Layer):
    def call(self, inputs):
        x, m = inputs
        m = m[:, :, tf.newaxis]
        return tf.reduce_sum(x * m, axis=1) / tf.maximum(tf.reduce_sum(m, axis=1), 1.0)


ids = tf.keras.Input((None,), dtype=tf.int64)
msk = tf.keras.Input((None,))
h = tf.keras.layers.Embedding(10, 6)(ids)
h = MaskedMean()([h, msk])
out = tf.keras.layers.Dense(1, activation=tf.nn.sigmoid)(h)
model = tf.keras.Model([ids, msk], out)
model.compile(optimizer="adam", loss=tf.keras.losses.BinaryFocalCrossentropy(gamma=2.0), metrics=[tf.keras.metrics.Precision(), tf.keras.metrics.Recall()])
model.fit([padded, mask], target, epochs=1, batch_size=8, verbose=0)
