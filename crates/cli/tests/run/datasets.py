import tensorflow as tf
import numpy as np
ds = tf.data.Dataset.from_tensor_slices(([1, 2, 3, 4, 5], [10., 20., 30., 40., 50.]))
print(ds)
print(ds.element_spec)
for a, b in ds.take(2):
    print(a, b.numpy())
for batch in ds.batch(2):
    print(batch)
print(list(ds.as_numpy_iterator()))
print(len(ds), ds.cardinality().numpy(), ds.cardinality())
d2 = tf.data.Dataset.range(6).map(lambda x: x * x).filter(lambda x: x % 2 == 0).batch(2, drop_remainder=True).repeat(2)
print(d2, [t.numpy().tolist() for t in d2])
d3 = tf.data.Dataset.from_tensor_slices({"a": [1, 2], "b": ["x", "y"]})
for row in d3:
    print({k: v.numpy() for k, v in row.items()})
print(d3.element_spec)
it = iter(ds)
print(next(it), next(it)[0].numpy())
def gen():
    for i in range(3):
        yield i, [i] * (i + 1)
d4 = tf.data.Dataset.from_generator(gen, output_signature=(tf.TensorSpec((), tf.int32), tf.TensorSpec((None,), tf.int32)))
print(d4.element_spec)
for i, s in d4:
    print(i.numpy(), s.numpy())
for i, s in d4.padded_batch(3, padded_shapes=([], [None])):
    print(i.numpy(), s.numpy())
w = tf.data.Dataset.range(7).window(3, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(3))
for e in w:
    print(e.numpy())
z = tf.data.Dataset.zip((tf.data.Dataset.range(3), tf.data.Dataset.range(3, 6)))
print(list(z.as_numpy_iterator()), z.element_spec)
for i, e in ds.enumerate().skip(3):
    print(i.numpy(), e[0].numpy())
p = ds.cache().prefetch(tf.data.AUTOTUNE)
print(p)
print(tf.data.Dataset.range(5).reduce(np.int64(0), lambda s, x: s + x).numpy())
print(list(tf.data.Dataset.range(4).concatenate(tf.data.Dataset.range(2)).as_numpy_iterator()))
u = ds.shuffle(5, seed=1).batch(5)
print([sorted(b[0].numpy().tolist()) for b in u])
ts = tf.keras.utils.timeseries_dataset_from_array(np.arange(10.0), np.arange(3, 13), sequence_length=3, batch_size=4)
for b in ts:
    print(b[0].shape, b[1].numpy())
    break
print(ds.batch(2).map(lambda a, b: (a, b * 2)).unbatch().element_spec)
for e in tf.data.Dataset.from_tensors([[1, 2], [3, 4]]): print(e)
print(ds.batch(3).element_spec, next(iter(ds.batch(3)))[0].shape)
