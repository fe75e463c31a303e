"""Strategies that spread a model over devices (`tensorflow/python/distribute/distribute_lib.py`).

How many devices a machine has is not known; with one replica, what runs on a replica is what is asked for."""

import tensorflow as tf

_scopes = []


class Strategy:
    def __init__(self, extended=None):
        self.num_replicas_in_sync = unknown_size()

    def __getattr__(self, name):
        return unknown()

    def scope(self):
        return _Scope(self)

    def run(self, fn, args=(), kwargs=None, options=None):
        with self.scope():
            return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op, value, axis):
        if axis is None:
            return value
        value = tf.convert_to_tensor(value)
        summed = tf.reduce_sum(value, axis=axis)
        return made(summed.dtype, summed.shape, value)

    def gather(self, value, axis):
        return value if self.num_replicas_in_sync == 1 else unknown()

    def experimental_local_results(self, value):
        return (value,) if self.num_replicas_in_sync == 1 else unknown()

    def experimental_distribute_dataset(self, dataset, options=None):
        return dataset

    def distribute_datasets_from_function(self, dataset_fn, options=None):
        return dataset_fn(InputContext(num_replicas_in_sync=self.num_replicas_in_sync))


class _Scope:
    def __init__(self, strategy):
        self.strategy = strategy

    def __enter__(self):
        _scopes.append(self.strategy)
        return self.strategy

    def __exit__(self, exc_type, exc, traceback):
        _scopes.pop()
        return False


def _replicas(strategy, devices):
    if devices is not None and is_known(devices):
        strategy.num_replicas_in_sync = len(devices)
    else:
        strategy.num_replicas_in_sync = 1 if is_carried_out() else unknown_size()


class MirroredStrategy(Strategy):
    def __init__(self, devices=None, cross_device_ops=None):
        _replicas(self, devices)


class CentralStorageStrategy(Strategy):
    def __init__(self, compute_devices=None, parameter_device=None):
        _replicas(self, compute_devices)


class OneDeviceStrategy(Strategy):
    def __init__(self, device):
        self.num_replicas_in_sync = 1


class InputContext:
    def __init__(self, num_input_pipelines=1, input_pipeline_id=0, num_replicas_in_sync=1):
        self.num_input_pipelines = num_input_pipelines
        self.input_pipeline_id = input_pipeline_id
        self.num_replicas_in_sync = num_replicas_in_sync

    def get_per_replica_batch_size(self, global_batch_size):
        return global_batch_size if self.num_replicas_in_sync == 1 else unknown_size()


def has_strategy():
    return bool(_scopes)


_default = OneDeviceStrategy("")


def get_strategy():
    return _scopes[-1] if _scopes else _default
