"""Functions of Keras' backend that are Python above its other functions (`tf_keras/src/backend.py`,
`keras/src/legacy/backend.py`)."""

import keras
import numpy as np
import tensorflow as tf

K = tf.keras.backend


def batch_set_value(tuples):
    for variable, value in tuples:
        variable.assign(np.asarray(value, dtype=variable.dtype.name))


def binary_focal_crossentropy(target, output, apply_class_balancing=False, alpha=0.25, gamma=2.0, from_logits=False):
    probability = tf.sigmoid(output) if from_logits else output
    right = target * probability + (1 - target) * (1 - probability)
    loss = tf.pow(1 - right, gamma) * K.binary_crossentropy(target, output, from_logits=from_logits)
    if apply_class_balancing:
        loss = (target * alpha + (1 - target) * (1 - alpha)) * loss
    return loss


def categorical_focal_crossentropy(target, output, alpha=0.25, gamma=2.0, from_logits=False, axis=-1):
    target, output = tf.convert_to_tensor(target), tf.convert_to_tensor(output)
    target.shape.assert_is_compatible_with(output.shape)
    if from_logits:
        output = tf.nn.softmax(output, axis=axis)
    output = output / tf.reduce_sum(output, axis=axis, keepdims=True)
    output = tf.clip_by_value(output, K.epsilon(), 1.0 - K.epsilon())
    loss = tf.pow(1 - output, gamma) * alpha * (-target * tf.math.log(output))
    return tf.reduce_sum(loss, axis=axis)


def get_uid(prefix=""):
    return unknown_size()


def reset_uids():
    return None


def nothing(*args, **kwargs):
    return None


def moving_average_update(x, value, momentum):
    return x.assign_sub((x - tf.cast(value, x.dtype)) * (1 - momentum))


def normalize_batch_in_training(x, gamma, beta, reduction_axes, epsilon=1e-3):
    rank = len(x.shape)
    mean, variance = tf.nn.moments(x, reduction_axes, None, None, False)
    if sorted(reduction_axes) != list(range(rank))[:-1]:
        sizes = tf.stack([1 if axis in reduction_axes else tf.shape(x)[axis] for axis in range(rank)])
        wide = [None if part is None else tf.reshape(part, sizes) for part in (mean, variance, gamma, beta)]
        normal = tf.nn.batch_normalization(x, wide[0], wide[1], wide[3], wide[2], epsilon)
    else:
        normal = tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon)
    return normal, mean, variance


def random_normal_variable(shape, mean, scale, dtype=None, name=None, seed=None):
    return K.variable(K.random_normal(shape, mean, scale, dtype=dtype, seed=seed), dtype=dtype)


def random_uniform_variable(shape, low, high, dtype=None, name=None, seed=None):
    return K.variable(K.random_uniform(shape, low, high, dtype=dtype, seed=seed), dtype=dtype)


_FLOATS = ("float16", "bfloat16", "float32", "float64", "float8_e4m3fn", "float8_e5m2")
_INTEGERS = ("uint8", "uint16", "uint32", "uint64", "int4", "int8", "int16", "int32", "int64")


def standardize_dtype(dtype):
    if dtype is None:
        return K.floatx()
    if dtype in ("int", int):
        return "int64"
    if dtype is bool:
        return "bool"
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None)
    if not is_known(name):
        return unknown()
    if name not in _FLOATS + _INTEGERS + ("bool", "string", "complex64", "complex128"):
        raise ValueError(f"Invalid dtype: {dtype}")
    return name


def is_float_dtype(dtype):
    return standardize_dtype(dtype) in _FLOATS


def is_int_dtype(dtype):
    return standardize_dtype(dtype) in _INTEGERS


def result_type(*dtypes):
    if not dtypes:
        return K.floatx()
    names = [standardize_dtype(dtype) for dtype in dtypes]
    total = keras.ops.zeros((), dtype=names[0])
    for name in names[1:]:
        total = keras.ops.add(total, keras.ops.zeros((), dtype=name))
    return standardize_dtype(total.dtype)


def variable(value, dtype=None, name=None, constraint=None):
    return tf.Variable(value, dtype=K.floatx() if dtype is None else dtype, name=name, constraint=constraint)


def placeholder(shape=None, ndim=None, dtype=None, sparse=False, name=None, ragged=False):
    if sparse and ragged:
        raise ValueError("Cannot set both sparse and ragged to True when creating a placeholder.")
    if shape is None:
        if not isinstance(ndim, int) or ndim == 0:
            return unknown()
        shape = (None,) * ndim
    dtype = K.floatx() if dtype is None else dtype
    return keras.Input(shape=tuple(shape)[1:], batch_size=tuple(shape)[0], dtype=dtype, name=name)


def function(inputs, outputs, updates=None, name=None, **kwargs):
    if kwargs:
        raise ValueError(f"Session keyword arguments are not supported during eager execution. You passed: {kwargs}")
    if updates:
        raise ValueError(f"`updates` argument is not supported during eager execution. You passed: {updates}")
    model = keras.Model(inputs=inputs, outputs=outputs)
    one = isinstance(outputs, list) and len(outputs) == 1

    def func(model_inputs):
        values = model(model_inputs)
        return tf.nest.map_structure(lambda value: value.numpy(), [values] if one and not isinstance(values, list) else values)

    return func


def learning_phase_scope(value):
    return tf.name_scope("learning_phase")


def name_scope(name):
    return tf.name_scope(name)
