"""Elements of datasets in turn, apart, padded, and made with a state."""
import numpy as np, tensorflow as tf
ds = tf.data.Dataset
def show(d): print([v.numpy().tolist() if not isinstance(v, tuple) else [t.numpy().tolist() for t in v] for v in d])
show(ds.range(1, 4).interleave(lambda v: ds.from_tensors(v).repeat(v), cycle_length=2, block_length=1))
show(ds.range(1, 6).interleave(lambda v: ds.from_tensors(v).repeat(4), cycle_length=2, block_length=3))
show(ds.range(6).interleave(lambda v: ds.range(v), cycle_length=3))
show(ds.range(1, 6).scan(tf.constant(0, tf.int64), lambda s, v: (s + v, s * v)))
show(ds.range(10).shard(3, 1))
g = ds.from_generator(lambda: iter([[1], [2, 3], [4, 5, 6]]), output_signature=tf.TensorSpec((None,), tf.int32))
show(g.padded_batch(2, padding_values=-1))
show(g.map(lambda v: (v, tf.cast(v, tf.float32))).padded_batch(3, padded_shapes=([4], [None]), padding_values=(7, 0.5)))
show(g.map(lambda v: {"a": v, "b": tf.size(v)}).padded_batch(3, padding_values={"a": -1, "b": 0}).map(lambda d: (d["a"], d["b"])))
