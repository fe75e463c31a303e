"""TensorFlow's devices: a script that is carried out has a processor and nothing else.

source: tensorflow/python/framework/config.py, tensorflow/python/framework/test_util.py
"""

import collections

_Physical = collections.namedtuple("PhysicalDevice", ["name", "device_type"])
_Logical = collections.namedtuple("LogicalDevice", ["name", "device_type"])


def _listed(kind, place, wanted):
    if not is_carried_out():
        return unknown()
    return [kind(place, "CPU")] if wanted in (None, "CPU") else []


def list_physical_devices(device_type=None):
    return _listed(_Physical, "/physical_device:CPU:0", device_type)


def list_logical_devices(device_type=None):
    return _listed(_Logical, "/device:CPU:0", device_type)


def get_visible_devices(device_type=None):
    return list_physical_devices(device_type)


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    return False if is_carried_out() else unknown()


def gpu_device_name():
    return "" if is_carried_out() else unknown()
