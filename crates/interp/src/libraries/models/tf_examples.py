"""Examples as TensorFlow reads them from records (`tensorflow/python/ops/{parsing_ops,parsing_config}.py`)."""

from collections import namedtuple

import tensorflow as tf

FixedLenFeature = namedtuple("FixedLenFeature", ["shape", "dtype", "default_value"], defaults=[None])
FixedLenSequenceFeature = namedtuple(
    "FixedLenSequenceFeature", ["shape", "dtype", "allow_missing", "default_value"], defaults=[False, None]
)
VarLenFeature = namedtuple("VarLenFeature", ["dtype"])
RaggedFeature = namedtuple(
    "RaggedFeature",
    ["dtype", "value_key", "partitions", "row_splits_dtype", "validate"],
    defaults=[None, (), tf.int32, False],
)
SparseFeature = namedtuple(
    "SparseFeature", ["index_key", "value_key", "dtype", "size", "already_sorted"], defaults=[False]
)


def _feature(feature, batch, steps):
    """What a feature becomes in a batch of that shape, of examples or of their steps."""
    if isinstance(feature, FixedLenFeature):
        return made(feature.dtype, batch + list(tf.TensorShape(feature.shape)))
    if isinstance(feature, FixedLenSequenceFeature):
        return made(feature.dtype, batch + [None] + list(tf.TensorShape(feature.shape)))
    if isinstance(feature, VarLenFeature):
        return _sparse(feature.dtype, len(batch) + 1 + steps)
    if isinstance(feature, RaggedFeature) and not feature.partitions:
        if not batch and not steps:
            return made(feature.dtype, [None])
        flat, shape = made(feature.dtype, [None]), batch + [None] * (1 + steps)
        return tf.RaggedTensor(flat, shape, len(shape) - 1)
    return unknown()


def _sparse(dtype, rank):
    return tf.SparseTensor(made("int64", [None, rank]), made(dtype, [None]), made("int64", [rank]))


def _features(features, batch, steps=0):
    return {key: _feature(feature, batch, steps) for key, feature in features.items()}


def parse_example(serialized, features, example_names=None, name=None):
    if not features:
        raise ValueError("Argument `features` cannot be None.")
    serialized = tf.convert_to_tensor(serialized)
    return _features(features, list(check_rank_at_most(serialized, 1)))


def parse_single_example(serialized, features, example_names=None, name=None):
    if not features:
        raise ValueError("Invalid argument: `features` cannot be None.")
    check_rank(tf.convert_to_tensor(serialized), 0)
    return _features(features, [])


def parse_sequence_example(serialized, context_features=None, sequence_features=None, example_names=None, name=None):
    if not (context_features or sequence_features):
        raise ValueError("Both `context_features` and `sequence_features` argument are None, but at least one should have "
                         "values.")
    batch = list(check_rank_at_most(tf.convert_to_tensor(serialized), 1))
    steps = sequence_features or {}
    lengths = {key: made("int64", batch) for key, feature in steps.items()
               if isinstance(feature, FixedLenSequenceFeature)}
    return _features(context_features or {}, batch), _features(steps, batch, 1), lengths


def parse_single_sequence_example(serialized, context_features=None, sequence_features=None, example_name=None,
                                  name=None):
    if not (context_features or sequence_features):
        raise ValueError("Both context_features and sequence_features are None, but at least one should have values.")
    check_rank(tf.convert_to_tensor(serialized), 0)
    return _features(context_features or {}, []), _features(sequence_features or {}, [], 1)
