"""Objects of Keras that keep little (`keras/src/random/seed_generator.py`, `keras/src/saving/object_registration.py`,
`keras/src/layers/input_spec.py`, `tf_keras/src/engine/input_spec.py`, `keras/src/dtype_policies/dtype_policy.py`,
`tf_keras/src/mixed_precision/policy.py`, `tf_keras/src/optimizers/optimizer.py`)."""

from enum import Enum

import keras
import tensorflow as tf


class AUCCurve(Enum):
    ROC = "ROC"
    PR = "PR"


class AUCSummationMethod(Enum):
    INTERPOLATION = "interpolation"
    MAJORING = "majoring"
    MINORING = "minoring"


def auc_setting(name, value):
    """What an `AUC` keeps of the name of its curve or of how it sums up."""
    if name == "curve":
        return {"ROC": AUCCurve.ROC, "PR": AUCCurve.PR}.get(value, unknown())
    for method in AUCSummationMethod:
        if method.value == value.lower():
            return method
    return unknown()


class CallableList(list):
    """What Keras 2 has for the variables of an optimizer, whose older ones have a method of that name."""

    def __call__(self):
        return self


class SeedGenerator:
    def __init__(self, seed=None, name=None, **kwargs):
        kwargs.pop("backend", None)
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
        if isinstance(seed, (str, float, list, tuple)):
            raise ValueError(f"Argument `seed` must be an integer. Received: seed={seed}")
        self._initial_seed = seed
        self.name = name or "seed_generator"

    @property
    def state(self):
        return unknown()

    def next(self, ordered=True):
        return made("int64", [2])

    def get_config(self):
        return {"seed": self._initial_seed, "name": self.name}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def get_registered_name(obj):
    place = public_place(obj)
    return place[1] if place else unknown()


def get_registered_object(name, custom_objects=None, module_objects=None):
    return unknown() if custom_objects or module_objects or registers_objects() else None


class InputSpec:
    def __init__(self, dtype=None, shape=None, ndim=None, max_ndim=None, min_ndim=None, axes=None,
                 allow_last_axis_squeeze=False, name=None, optional=False):
        if not (dtype is None or isinstance(dtype, str)):
            dtype = tf.as_dtype(dtype).name
        self.dtype = dtype
        self.shape = None if shape is None else tuple(shape)
        self.ndim = ndim if shape is None else len(self.shape)
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.name = name
        self.optional = optional
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        try:
            axes = axes or {}
            self.axes = {int(axis): axes[axis] for axis in axes}
        except (ValueError, TypeError):
            raise TypeError(f"Argument `axes` must be a dict with integer keys. Received: axes={axes}")
        if self.axes and (self.ndim is not None or self.max_ndim is not None):
            most = (self.ndim if self.ndim else self.max_ndim) - 1
            last = max(self.axes)
            if last > most:
                raise ValueError(f"Axis {last} is greater than the maximum allowed value: {most}")

    def __repr__(self):
        parts = [("dtype", self.dtype), ("shape", self.shape), ("ndim", self.ndim), ("max_ndim", self.max_ndim),
                 ("min_ndim", self.min_ndim), ("axes", self.axes)]
        return f"InputSpec({', '.join([f'{name}={value}' for name, value in parts if value])})"

    def get_config(self):
        config = {"dtype": self.dtype, "shape": self.shape, "ndim": self.ndim, "max_ndim": self.max_ndim,
                  "min_ndim": self.min_ndim, "axes": self.axes}
        # Keras 2 leaves out whether it may be missing.
        return {**config, "optional": self.optional} if KERAS == 3 else config

    @classmethod
    def from_config(cls, config):
        return cls(**config)


class _NamedPolicy:
    @property
    def name(self):
        return self._name

    @property
    def compute_dtype(self):
        return self._compute_dtype

    @property
    def variable_dtype(self):
        return self._variable_dtype

    def get_config(self):
        return {"name": self._name}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def _parse(self, name):
        self._name = name
        dtypes = policy_dtypes(name)
        self._compute_dtype, self._variable_dtype = dtypes or (unknown(), unknown())
        return dtypes


# The beginnings of the names of policies that Keras 3 makes of another class.
QUANTIZING = ("int8", "int4", "float8", "gptq", "awq")


def quantizes(name):
    return name in ("int", "float", "str") or any([name.startswith(mode) for mode in QUANTIZING])


def get_policy(identifier):
    """`keras.dtype_policies.get`."""
    if identifier is None:
        return keras.DTypePolicy()
    if isinstance(identifier, str):
        return unknown() if "_from_" in identifier else keras.DTypePolicy(identifier)
    if isinstance(identifier, (int, float, bool, list, tuple)):
        raise ValueError("Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. "
                         f"Received: dtype={identifier}")
    return identifier if isinstance(identifier, keras.DTypePolicy) else unknown()


def initializer_of(values):
    """What `keras.initializers.get` makes of a tensor or an array (`keras/src/initializers/__init__.py`)."""
    def initialize_fn(shape, dtype=None):
        if tuple(shape) != tuple(values.shape):
            raise ValueError(f"Expected `shape` to be {values.shape} for direct tensor as initializer. "
                             f"Received shape={shape}")
        return keras.ops.cast(values, dtype or keras.config.floatx())
    return initialize_fn


class DTypePolicy(_NamedPolicy):
    def __init__(self, name=None):
        if name is None:
            name = global_policy_name()
        if not isinstance(name, str):
            raise TypeError(
                f"'name' must be a string, such as 'mixed_float16'. Received: name={name} (of type {type(name)})")
        if not self._parse(name) and not quantizes(name):
            raise ValueError(f"Cannot convert '{name}' to a mixed precision DTypePolicy. Valid policies include "
                             "'mixed_float16', 'mixed_bfloat16', and the name of any float dtype such as 'float32'.")
        self.quantization_mode = None

    def __repr__(self):
        return f'<DTypePolicy "{self._name}">'

    def __eq__(self, other):
        if quantizes(self._name):
            return unknown()
        return isinstance(other, keras.DTypePolicy) and self._name == other._name


def names_dtype(name):
    """Tells whether Keras 2 finds a dtype by the name of a policy, or a policy that leaves it open."""
    if name == "_infer" or name.endswith("_float32_vars"):
        return True
    try:
        tf.as_dtype(name)
    except TypeError:
        return False
    return True


class Policy(_NamedPolicy):
    def __init__(self, name):
        if not isinstance(name, str):
            if isinstance(name, tf.DType):
                raise TypeError(f"'name' must be a string, not a DType. Instead, pass DType.name. Received: name={name.name}")
            raise TypeError(f"'name' must be a string, but got: {name}")
        if not self._parse(name) and not names_dtype(name):
            raise ValueError(f"Cannot convert value {name} to a mixed precision Policy. Valid policies include "
                             "'mixed_float16', 'mixed_bfloat16', and the name of any dtype such as 'float32'.")

    def __repr__(self):
        return f'<Policy "{self._name}">'


if KERAS == 3:
    # Another name of the same class.
    Policy = DTypePolicy


def policy_in_force():
    return keras.DTypePolicy() if KERAS == 3 else keras.mixed_precision.Policy(global_policy_name())


class name_scope:
    """`keras.name_scope`: variables and layers that are made within have paths that begin with its name."""

    def __init__(self, name, caller=None, deduplicate=True, override_parent=None):
        if not isinstance(name, str) or "/" in name:
            raise ValueError("Argument `name` must be a string and cannot contain character `/`. "
                             f"Received: name={name}")
        if caller is not None or override_parent is not None:
            unknown("a scope of names with another parent")
        self.name = name

    def __enter__(self):
        name_variables_within(self.name)
        return self

    def __exit__(self, *exception):
        name_variables_within(None)


def _of_one_rank(y_true, y_pred):
    """Both as tensors of one dtype; where one has a last axis of size 1 more, the other gets it or it loses it."""
    y_pred = keras.ops.convert_to_tensor(y_pred)
    y_true = keras.ops.convert_to_tensor(y_true, dtype=y_pred.dtype)
    more = len(y_true.shape) - len(y_pred.shape)
    if more == 1 and y_true.shape[-1] == 1:
        if len(y_pred.shape) == 1:
            y_pred = keras.ops.expand_dims(y_pred, axis=-1)
        else:
            y_true = keras.ops.squeeze(y_true, axis=-1)
    if more == -1 and y_pred.shape[-1] == 1:
        if len(y_true.shape) == 1:
            y_true = keras.ops.expand_dims(y_true, axis=-1)
        else:
            y_pred = keras.ops.squeeze(y_pred, axis=-1)
    return y_true, y_pred


def pearson_correlation(y_true, y_pred, axis=-1):
    """`keras/src/metrics/correlation_metrics.py`"""
    y_true, y_pred = _of_one_rank(y_true, y_pred)
    y_true = y_true - keras.ops.mean(y_true, axis=axis, keepdims=True)
    y_pred = y_pred - keras.ops.mean(y_pred, axis=axis, keepdims=True)
    y_true = y_true / keras.ops.std(y_true, axis=axis, keepdims=True)
    y_pred = y_pred / keras.ops.std(y_pred, axis=axis, keepdims=True)
    return keras.ops.mean(y_true * y_pred, axis=axis)


def concordance_correlation(y_true, y_pred, axis=-1):
    """`keras/src/metrics/correlation_metrics.py`"""
    y_true, y_pred = _of_one_rank(y_true, y_pred)
    mean_true = keras.ops.mean(y_true, axis=axis, keepdims=True)
    mean_pred = keras.ops.mean(y_pred, axis=axis, keepdims=True)
    spread_true = keras.ops.var(y_true - mean_true, axis=axis, keepdims=True)
    spread_pred = keras.ops.var(y_pred - mean_pred, axis=axis, keepdims=True)
    # The labels' own mean is not taken off them.
    common = (y_true - mean_pred) * (y_pred - mean_pred)
    norm = spread_true + spread_pred + keras.ops.square(mean_true - mean_pred)
    return keras.ops.mean(2 * common / (norm + keras.config.epsilon()), axis=axis)
