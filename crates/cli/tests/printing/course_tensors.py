import numpy as np
import tensorflow as tf
print(tf.constant(3), tf.constant([1.5, 2.5]), tf.constant([[1, 2], [3, 4]]), tf.constant("hi"), tf.constant(True))
a, b = tf.constant([[1.0, 2.0], [3.0, 4.0]]), tf.ones((2, 2))
print(a + b, a * 2, a @ b, a - 1, a / b, tf.transpose(a), a ** 2, a > 2)
print(a.shape, a.dtype, a.ndim, tf.size(a), tf.rank(a), a.numpy(), a.shape[0], a.device[-5:])
print(tf.reduce_sum(a), tf.reduce_mean(a, axis=0), tf.reduce_max(a, axis=1, keepdims=True), tf.argmax(a, axis=1), tf.reduce_prod(a))
print(tf.reshape(a, [-1]), tf.reshape(a, (1, 4)), tf.expand_dims(a, 0).shape, tf.squeeze(tf.ones((1, 2, 1))).shape, tf.concat([a, b], 0), tf.stack([a, b]).shape, tf.tile([[1]], [2, 2]))
print(a[0], a[:, 1], a[1, 0], a[..., tf.newaxis].shape, a[::-1], tf.gather(a, [1, 0]), tf.boolean_mask(a, a > 2))
print(tf.cast(a, tf.int32), tf.cast([0, 1], tf.bool), tf.zeros_like(a), tf.fill((2,), 7), tf.range(5), tf.linspace(0.0, 1.0, 3), tf.eye(2), tf.one_hot([0, 2], 3))
v = tf.Variable([1.0, 2.0]); print(v); v.assign_add([1.0, 1.0]); print(v.numpy(), v.assign([5.0, 6.0]).numpy(), v[0])
tf.random.set_seed(5)
print(tf.random.uniform((2,)).shape, tf.random.normal((2, 3)).dtype, tf.random.stateless_uniform((2,), seed=(1, 2)), tf.random.stateless_normal((2,), seed=[3, 4]))
print(tf.math.sqrt(4.0), tf.exp(1.0), tf.math.log([1.0, 2.0]), tf.abs([-1, 2]), tf.sign([-3.0]), tf.round([1.4, 2.6]), tf.maximum(1, 2), tf.clip_by_value([1, 5, 9], 2, 6), tf.square(3))
print(tf.linalg.inv(tf.eye(2) * 2), tf.linalg.det(a), tf.linalg.diag([1, 2]), tf.norm(a), tf.tensordot(a, b, 1), tf.einsum("ij->j", a), tf.linalg.trace(a))
print(tf.where(a > 2, a, 0.0), tf.where(a > 2), tf.unique([1, 2, 1]), tf.sort([3, 1, 2]), tf.argsort([3, 1, 2]), tf.math.top_k([1, 5, 3], 2), tf.cumsum([1, 2, 3]), tf.reverse([1, 2, 3], [0]))
print(tf.equal(a, b), tf.reduce_all(a > 0), tf.reduce_any(a > 3), tf.logical_not([True]), tf.math.count_nonzero([0, 1, 2]), tf.math.is_nan([1.0, np.nan]))
@tf.function
def f(x):
    return x * x + 1
print(f(tf.constant(2.0)), f(3.0), f(tf.constant([1, 2])))
print(tf.convert_to_tensor(np.array([1, 2])), np.array(tf.constant([1.0])), tf.constant([1, 2]).numpy().sum(), float(tf.constant(2.5)), int(tf.constant(3)), isinstance(a, tf.Tensor), tf.is_tensor(a), tf.shape(a))
print(tf.ragged.constant([[1, 2], [3]]), tf.sparse.to_dense(tf.sparse.from_dense([[0, 1], [2, 0]])), tf.split(tf.range(4), 2), tf.unstack(tf.constant([1, 2])), tf.pad([[1]], [[1, 1], [1, 1]]), tf.repeat([1, 2], 2), tf.roll([1, 2, 3], 1, 0), tf.meshgrid([1, 2], [3, 4]))
print(f"{a[0, 0]:.2f} {float(tf.reduce_mean(a)):.3f} {a.numpy().max():.1f}", "%.2f" % a[1, 1], str(tf.constant(1)), repr(tf.constant([1])))
print(tf.add(1, 2), tf.multiply([1, 2], 3), tf.subtract(5, 3), tf.divide(6, 4), tf.math.floordiv(7, 2), tf.math.mod(7, 3), tf.matmul([[1, 2]], [[3], [4]]), tf.nn.relu([-1.0, 1.0]), tf.sigmoid(0.0), tf.tanh([0.0]))
