"""TensorFlow's NumPy (`tensorflow/python/ops/numpy_ops/`): functions of tensors with NumPy's names and dtypes."""

import numpy as np
import tensorflow as tf


def _tensor(value, dtype=None):
    if is_tf_tensor(value):
        return value if dtype is None or value.dtype == dtype else tf.cast(value, dtype)
    if dtype is None:
        return tf.convert_to_tensor(np.array(value))
    return tf.cast(np.array(value), dtype)


def _promoted(*values):
    dtypes = {value.dtype.name if is_tf_tensor(value) else None for value in values}
    if len(dtypes) == 1 and None not in dtypes:
        return list(values)
    # A tensor's dtype counts; a number of Python's only by its kind.
    sum = np.zeros((), values[0].dtype.name) if is_tf_tensor(values[0]) else values[0]
    for value in values[1:]:
        sum = sum + (np.zeros((), value.dtype.name) if is_tf_tensor(value) else value)
    dtype = tf.as_dtype(np.asarray(sum).dtype.name)
    return [_tensor(value, dtype) for value in values]


def _reduced(function, a, axis, keepdims, ints=None, bools=None, dtype=None):
    a = _tensor(a, None if dtype is None else tf.as_dtype(dtype))
    if bools is not None and a.dtype == tf.bool:
        function = bools
    elif dtype is None and (a.dtype.is_integer or a.dtype == tf.bool) and ints is not None:
        a = tf.cast(a, ints)
    return function(a, axis=axis, keepdims=bool(keepdims))


def sum(a, axis=None, dtype=None, keepdims=None):
    return _reduced(tf.reduce_sum, a, axis, keepdims, tf.int64, dtype=dtype)


def prod(a, axis=None, dtype=None, keepdims=None):
    return _reduced(tf.reduce_prod, a, axis, keepdims, tf.int64, dtype=dtype)


def mean(a, axis=None, dtype=None, out=None, keepdims=None):
    return _reduced(tf.reduce_mean, a, axis, keepdims, tf.float64, dtype=dtype)


def max(a, axis=None, keepdims=None):
    return _reduced(tf.reduce_max, a, axis, keepdims, bools=tf.reduce_any)


def min(a, axis=None, keepdims=None):
    return _reduced(tf.reduce_min, a, axis, keepdims, bools=tf.reduce_all)


def add(x1, x2):
    return tf.add(*_promoted(x1, x2))


def subtract(x1, x2):
    return tf.subtract(*_promoted(x1, x2))


def multiply(x1, x2):
    return tf.multiply(*_promoted(x1, x2))


def maximum(x1, x2):
    return tf.maximum(*_promoted(x1, x2))


def minimum(x1, x2):
    return tf.minimum(*_promoted(x1, x2))


def matmul(x1, x2):
    a, b = _promoted(x1, x2)
    if len(a.shape) == 2 and len(b.shape) == 2:
        return tf.linalg.matmul(a, b)
    if len(b.shape) == 1:
        return tf.tensordot(a, b, axes=1)
    if len(a.shape) == 1:
        return tf.tensordot(a, b, axes=[[0], [-2]])
    return tf.linalg.matmul(a, b)


def dot(a, b):
    a, b = _promoted(a, b)
    if len(a.shape) == 0 or len(b.shape) == 0:
        return a * b
    return tf.tensordot(a, b, axes=[[-1], [-1 if len(b.shape) == 1 else -2]])


def tensordot(a, b, axes=2):
    a, b = _promoted(a, b)
    return tf.tensordot(a, b, axes=axes)


def clip(a, a_min, a_max):
    if a_min is None and a_max is None:
        raise ValueError("Not more than one of `a_min` and `a_max` may be `None`.")
    if a_min is None:
        return minimum(a, a_max)
    if a_max is None:
        return maximum(a, a_min)
    a, a_min, a_max = _promoted(a, a_min, a_max)
    return tf.clip_by_value(a, a_min, a_max)


def where(condition, x=None, y=None):
    condition = _tensor(condition, tf.bool)
    if x is None and y is None:
        return unknown()
    if x is not None and y is not None:
        return tf.where(condition, *_promoted(x, y))
    raise ValueError("Both x and y must be ndarrays, or both must be None.")


def reshape(a, newshape, order="C"):
    return tf.reshape(_tensor(a), newshape) if order == "C" else unknown()


def ravel(a):
    return tf.reshape(_tensor(a), [-1])


def transpose(a, axes=None):
    return tf.transpose(_tensor(a), perm=axes)


def moveaxis(a, source, destination):
    a = _tensor(a)
    rank = len(a.shape)
    if not isinstance(source, int) or not isinstance(destination, int):
        return unknown()
    order = [axis for axis in range(rank) if axis != source % rank]
    order.insert(destination % rank, source % rank)
    return tf.transpose(a, order)


def expand_dims(a, axis):
    return tf.expand_dims(_tensor(a), axis=axis)


def squeeze(a, axis=None):
    return tf.squeeze(_tensor(a), axis)


def concatenate(arys, axis=0):
    if not isinstance(arys, (list, tuple)):
        arys = [arys]
    if not arys:
        raise ValueError("Need at least one array to concatenate.")
    return tf.concat(_promoted(*arys), axis)


def stack(arrays, axis=0):
    return tf.stack(_promoted(*arrays), axis) if isinstance(arrays, (list, tuple)) else unknown()


def zeros(shape, dtype=float):
    return tf.zeros(shape, tf.as_dtype(np.dtype(dtype)))


def ones(shape, dtype=float):
    return tf.ones(shape, tf.as_dtype(np.dtype(dtype)))


def zeros_like(a, dtype=None):
    return tf.zeros_like(_tensor(a), dtype=dtype)


def ones_like(a, dtype=None):
    return tf.ones_like(_tensor(a), dtype=dtype)


def arange(start, stop=None, step=1, dtype=None):
    if is_tf_tensor(start) or is_tf_tensor(stop) or is_tf_tensor(step):
        return unknown()
    values = np.arange(0, start, step) if stop is None else np.arange(start, stop, step)
    return _tensor(values, None if dtype is None else tf.as_dtype(np.dtype(dtype)))


def asarray(a, dtype=None):
    return _tensor(a, None if dtype is None else tf.as_dtype(dtype))
