import numpy as np
import tensorflow as tf
ds = tf.data.Dataset.from_tensor_slices(np.arange(10))
for x in ds.take(3):
    print(x, x.numpy())
print([int(x) for x in ds.filter(lambda v: v % 2 == 0)])
print([x.numpy().tolist() for x in ds.batch(4)], len(ds), len(ds.batch(4, drop_remainder=True)))
ds2 = ds.map(lambda v: v * v).batch(3)
for i, batch in enumerate(ds2):
    print(f"batch {i}: shape={batch.shape}, values={batch.numpy()}")
print(list(ds.skip(7).as_numpy_iterator()), list(ds.take(2).repeat(2).as_numpy_iterator()))
features = {"a": np.array([1.0, 2.0, 3.0], "float32"), "b": np.array([[1, 2], [3, 4], [5, 6]])}
labels = np.array([0, 1, 0])
d = tf.data.Dataset.from_tensor_slices((features, labels)).batch(2)
print(d.element_spec)
for f, l in d:
    print({k: v.numpy().tolist() for k, v in f.items()}, l.numpy())
z = tf.data.Dataset.zip((tf.data.Dataset.range(3), tf.data.Dataset.from_tensor_slices(["x", "y", "z"])))
for n, s in z:
    print(n.numpy(), s.numpy(), s.numpy().decode("utf-8"))
windows = tf.data.Dataset.range(6).window(3, shift=1, drop_remainder=True).flat_map(lambda w: w.batch(3))
for w in windows:
    print(w.numpy(), end=" ")
print()
series = windows.map(lambda w: (w[:-1], w[-1]))
print([(x.numpy().tolist(), int(y)) for x, y in series])
print(ds.reduce(np.int64(0), lambda a, b: a + b).numpy(), tf.data.experimental.cardinality(ds).numpy())
def gen():
    for i in range(3):
        yield i, [i] * 2
g = tf.data.Dataset.from_generator(gen, output_signature=(tf.TensorSpec((), tf.int32), tf.TensorSpec((2,), tf.int32)))
for a, b in g:
    print(a.numpy(), b.numpy())
print(next(iter(ds.batch(5))), sorted(int(v) for v in ds.shuffle(10)))
for epoch in range(2):
    total = 0
    for b in ds.batch(5):
        total += int(tf.reduce_sum(b))
    print("epoch", epoch, "total", total)
