"""TensorFlow's own initializers, which Keras calls as it calls any function
(`tensorflow/python/ops/init_ops_v2.py`)."""

import numpy as np
import tensorflow as tf


class Initializer:
    def __call__(self, shape, dtype=None, **kwargs):
        raise NotImplementedError

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        config.pop("dtype", None)
        return cls(**config)

    def _validate_kwargs(self, kwargs):
        for kwarg in kwargs:
            if kwarg not in ("partition_shape", "partition_offset"):
                raise TypeError(f"Keyword argument should be one of ['partition_shape', 'partition_offset']. Received: {kwarg}")


class Zeros(Initializer):
    def __call__(self, shape, dtype=tf.float32, **kwargs):
        self._validate_kwargs(kwargs)
        return tf.zeros(shape, _numeric(dtype))


class Ones(Initializer):
    def __call__(self, shape, dtype=tf.float32, **kwargs):
        self._validate_kwargs(kwargs)
        return tf.ones(shape, _numeric(dtype))


class Constant(Initializer):
    def __init__(self, value=0, support_partition=False):
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(f"Invalid type for initial value: {type(value).__name__}. Expected Python scalar, list or "
                            "tuple of values, or numpy.ndarray.")
        self.value = value

    def __call__(self, shape, dtype=None, **kwargs):
        self._validate_kwargs(kwargs)
        return tf.constant(self.value, dtype=dtype, shape=shape)

    def get_config(self):
        return {"value": self.value}


class RandomUniform(Initializer):
    def __init__(self, minval=-0.05, maxval=0.05, seed=None):
        self.minval = minval
        self.maxval = maxval
        self.seed = seed

    def __call__(self, shape, dtype=tf.float32, **kwargs):
        self._validate_kwargs(kwargs)
        return tf.random.uniform(shape, self.minval, self.maxval, _numeric(dtype))

    def get_config(self):
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed}


class RandomNormal(Initializer):
    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        self.mean = mean
        self.stddev = stddev
        self.seed = seed

    def __call__(self, shape, dtype=tf.float32, **kwargs):
        self._validate_kwargs(kwargs)
        dtype = tf.as_dtype(dtype)
        if not dtype.is_floating:
            raise ValueError(f"Argument `dtype` expected to be floating point. Received: {dtype}.")
        return tf.random.normal(shape, self.mean, self.stddev, dtype)

    def get_config(self):
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed}


def _numeric(dtype):
    dtype = tf.as_dtype(dtype)
    if dtype == tf.string:
        raise ValueError(f"Argument `dtype` expected to be numeric or boolean. Received {dtype}.")
    return dtype
