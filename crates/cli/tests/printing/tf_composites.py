import tensorflow as tf
r = tf.ragged.constant([[1, 2], [], [3]])
print(r)
print(repr(r), r.shape, r.to_list(), r.bounding_shape(), r.row_lengths(), r.values, r.row_splits, r.dtype, r.ragged_rank)
print(r.to_tensor(), r[0], r[:, :1], r + 1, tf.reduce_sum(r, axis=1), r.nrows(), tf.concat([r, r], axis=0))
print(tf.ragged.constant([["a"], ["b", "c"]]), tf.RaggedTensor.from_row_lengths([1.0, 2.0, 3.0], [1, 2]), tf.ragged.constant([[[1], [2, 3]], [[]]]))
s = tf.sparse.SparseTensor([[0, 0], [1, 2]], [1.0, 2.0], [2, 3])
print(s)
print(repr(s), s.shape, s.dense_shape, s.indices, s.values, s.dtype)
print(tf.sparse.to_dense(s), tf.sparse.from_dense([[0, 1], [2, 0]]), tf.sparse.reduce_sum(s, 1))
e = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
with tf.GradientTape() as tape:
    loss = tf.reduce_sum(tf.gather(e, [0, 0, 1]) ** 2)
g = tape.gradient(loss, e)
print(g)
print(type(g).__name__, tf.convert_to_tensor(g), g.values, g.indices, g.dense_shape)
print(tf.IndexedSlices(tf.ones((1, 2)), [0]))
a = tf.TensorArray(tf.float32, size=2)
a = a.write(0, 1.0).write(1, 2.0)
print(a.stack(), a.size(), a.read(0))
print(tf.nest.flatten({"a": 1, "b": [2, 3]}), tf.nest.map_structure(lambda v: v + 1, (1, [2])))
tf.print("x:", tf.constant([1.5, 2.0]), r, s, {"k": [1, 2]}, tf.constant("s"), e, None, 3.0, (1, "a"))
tf.print(tf.constant([[1, 2], [3, 4]]), tf.constant(1e-7), tf.constant(123456.789), tf.constant(True), tf.constant(1 / 3), tf.ones((10, 10)), sep=" / ")
tf.print(tf.constant([0.1, 1e10, 1e-10]), tf.constant([1.0], tf.float64), tf.constant(["a", "b"]), tf.constant(1 + 2j), end="<end>\n")
@tf.function
def f(x):
    print("tracing", x)
    tf.print("running", x, tf.shape(x))
    return x * 2
print(f(tf.constant([1.0, 2.0])), f(tf.constant([3.0, 4.0])))
print(f(tf.constant(1)))
@tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="q")])
def h(x):
    print(x, x.shape, x.dtype)
    return tf.reduce_sum(x)
print(h(tf.ones((3, 2))), h(tf.ones((1, 2))))
with tf.GradientTape(persistent=True) as t:
    w = tf.Variable(2.0); y = w ** 3; z = tf.constant(1.0) * 2
print(t.gradient(y, w), t.gradient(z, w), t.gradient(y, [w, w]), t.gradient(y, {"w": w}))
try:
    tf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))
except tf.errors.InvalidArgumentError as err:
    print(type(err).__name__, err.message)
try:
    tf.constant([1, 2]) + tf.constant([1.0, 2.0])
except Exception as err:
    print(type(err), err)
try:
    tf.reshape(tf.range(6), (4, 2))
except Exception as err:
    print(type(err).__name__, str(err))
