"""Nested structures, shapes, gradients that are passed on, scopes, generators of random numbers
(`tensorflow/python/util/nest.py`, `tensorflow/python/{framework/ops,ops/custom_gradient,ops/random_ops}.py`)."""

import tensorflow as tf


def is_nested(seq):
    return isinstance(seq, (list, tuple, dict))


def _children(structure):
    if isinstance(structure, dict):
        return [structure[key] for key in sorted(structure)]
    return list(structure)


def flatten(structure, expand_composites=False):
    if not is_nested(structure):
        return [structure]
    return [item for child in _children(structure) for item in flatten(child)]


def _rebuilt(structure, items):
    if isinstance(structure, dict):
        made_of = dict(zip(sorted(structure), items))
        return {key: made_of[key] for key in structure}
    if isinstance(structure, list):
        return items
    return type(structure)(*items) if hasattr(structure, "_fields") else tuple(items)


def _packed(structure, flat):
    if not is_nested(structure):
        return flat.pop(0)
    return _rebuilt(structure, [_packed(child, flat) for child in _children(structure)])


def pack_sequence_as(structure, flat_sequence, expand_composites=False):
    if not is_nested(flat_sequence):
        raise TypeError(f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found incompatible type "
                        f"`{type(flat_sequence)}` instead.")
    count, given = len(flatten(structure)), len(flat_sequence)
    if not is_nested(structure) and given != 1:
        raise ValueError("The target structure is of type `%s`\n  %s\nHowever the input is a sequence (%s) of length %d.\n"
                         "  %s\nnest cannot guarantee that it is safe to map one to the other."
                         % (type(structure), structure, type(flat_sequence), given, flat_sequence))
    if count != given:
        raise ValueError(f"Could not pack sequence. Structure had {count} atoms, but flat_sequence had {given} items.  "
                         f"Structure: {structure}, flat_sequence: {flat_sequence}.")
    return _packed(structure, list(flat_sequence))


def assert_same_structure(nest1, nest2, check_types=True, expand_composites=False):
    if is_nested(nest1) != is_nested(nest2):
        _differ(ValueError, nest1, nest2)
    if not is_nested(nest1):
        return None
    if check_types and isinstance(nest1, dict) != isinstance(nest2, dict):
        _differ(TypeError, nest1, nest2)
    if check_types and isinstance(nest1, list) != isinstance(nest2, list):
        _differ(TypeError, nest1, nest2)
    if isinstance(nest1, dict) and sorted(nest1) != sorted(nest2):
        _differ(ValueError, nest1, nest2)
    one, other = _children(nest1), _children(nest2)
    if len(one) != len(other):
        _differ(ValueError, nest1, nest2)
    for left, right in zip(one, other):
        assert_same_structure(left, right, check_types)
    return None


def _differ(error, nest1, nest2):
    raise error("The two structures don't have the same nested structure.\n\n"
                f"First structure: type={type(nest1).__name__} str={nest1}\n\n"
                f"Second structure: type={type(nest2).__name__} str={nest2}")


def map_structure(func, *structure, **kwargs):
    if not callable(func):
        raise TypeError(f"Argument `func` must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types=kwargs.get("check_types", True))
    if not is_nested(structure[0]):
        return func(*structure)
    rows = zip(*[_children(one) for one in structure])
    return _rebuilt(structure[0], [map_structure(func, *row, **kwargs) for row in rows])


def broadcast_static_shape(shape_x, shape_y):
    # Only shapes have this; a tensor's is asked for just as it is.
    shape_x.ndims, shape_y.ndims
    one, other = made("float32", shape_x), made("float32", shape_y)
    try:
        return tf.add(one, other).shape
    except (ValueError, tf.errors.InvalidArgumentError):
        raise ValueError(f"Incompatible shapes for broadcasting: {shape_x} and {shape_y}")


def inside_function():
    return is_traced()


def is_symbolic_tensor(tensor):
    return is_traced() and is_tf_tensor(tensor)


def grad_pass_through(f, name=None):
    @tf.custom_gradient
    def passing(*args, **kwargs):
        return f(*args, **kwargs), lambda *upstream: upstream

    return passing


def recompute_grad(f):
    return f


def hessians(ys, xs, gate_gradients=False, aggregation_method=None, name="hessians"):
    if not is_traced():
        raise RuntimeError("tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead.")
    xs = xs if isinstance(xs, (list, tuple)) else [xs]
    if any(x is ys for x in xs):
        # The gradient is a constant, which has none.
        raise ValueError("None values not supported.")
    return [made(x.dtype, list(x.shape) + list(x.shape), x) for x in xs]


def as_dtype(type_value):
    return made(tf.zeros([], type_value).dtype, []).dtype


def from_tensor(tensor, name=None):
    return tf.TensorSpec(tensor.shape, tensor.dtype)


def type_spec_from_value(value):
    return from_tensor(value) if is_tf_tensor(value) else unknown()


def check_pinned(tensor, name=None):
    return tf.identity(tensor)


class _Scope:
    """A `with` statement's context that changes neither shapes nor what is raised."""

    def __init__(self, name=""):
        self.name = name

    def __enter__(self):
        return self.name

    def __exit__(self, *exception):
        return None


class name_scope(_Scope):
    pass


def device(device_name):
    return _Scope()


def control_dependencies(control_inputs):
    if is_traced() and control_inputs is not None and not callable(control_inputs):
        list(control_inputs)
    return _Scope()


def create_rng_state(seed, alg):
    return made("int64", [2 if alg in ("threefry", 2) else 3])


class Generator:
    """`tf.random.Generator`: its numbers are those of the stateless functions."""

    def __init__(self, copy_from=None, state=None, alg=None):
        self.state = create_rng_state(1, "philox")
        self.key = made("uint64", [])

    @classmethod
    def from_seed(cls, seed, alg=None):
        return cls()

    @classmethod
    def from_state(cls, state, alg):
        return cls()

    @classmethod
    def from_non_deterministic_state(cls, alg=None):
        return cls()

    @property
    def algorithm(self):
        return unknown()

    def reset(self, state):
        return None

    def reset_from_seed(self, seed):
        return None

    def reset_from_key_counter(self, key, counter):
        return None

    def skip(self, delta):
        return unknown()

    def split(self, count=1):
        return [Generator() for _ in range(count)] if isinstance(count, int) else unknown()

    def make_seeds(self, count=1):
        return made("int64", [2, count if isinstance(count, int) else None])

    def normal(self, shape, mean=0.0, stddev=1.0, dtype=tf.float32, name=None):
        return tf.random.stateless_normal(shape, [1, 2], mean, stddev, dtype)

    def truncated_normal(self, shape, mean=0.0, stddev=1.0, dtype=tf.float32, name=None):
        return tf.random.stateless_truncated_normal(shape, [1, 2], mean, stddev, dtype)

    def uniform(self, shape, minval=0, maxval=None, dtype=tf.float32, name=None):
        if maxval is None and dtype in (tf.int32, tf.int64):
            raise ValueError(f"Must specify maxval for integer dtype tf.{tf.as_dtype(dtype).name}")
        return tf.random.stateless_uniform(shape, [1, 2], minval, maxval, dtype)

    def uniform_full_int(self, shape, dtype=tf.uint64, name=None):
        return made(dtype, tf.zeros(shape).shape)

    def binomial(self, shape, counts, probs, dtype=tf.int32, name=None):
        return tf.random.stateless_binomial(shape, [1, 2], counts, probs, dtype)


def get_global_generator():
    return Generator()


def set_global_generator(generator):
    return None


def index_shuffle(index, seed, max_index):
    return made(tf.convert_to_tensor(index).dtype, check_rank_at_most(tf.convert_to_tensor(index), 1))


def random_index_shuffle(index, seed, max_index, rounds=4, name=None):
    return index_shuffle(index, seed, max_index)


class KeyValueTensorInitializer:
    def __init__(self, keys, values, key_dtype=None, value_dtype=None, name=None):
        self._keys = tf.convert_to_tensor(keys, dtype=key_dtype)
        self._values = tf.convert_to_tensor(values, dtype=value_dtype)
        same_shape(self._keys.shape, self._values.shape)
        self.key_dtype, self.value_dtype = self._keys.dtype, self._values.dtype


class StaticHashTable:
    def __init__(self, initializer, default_value, name=None, experimental_is_anonymous=False):
        self.key_dtype, self.value_dtype = initializer.key_dtype, initializer.value_dtype
        self._default = tf.convert_to_tensor(default_value, dtype=self.value_dtype)
        check_rank(self._default, 0)
        self.name = name or "hash_table"

    def lookup(self, keys, name=None):
        keys = keys if is_tf_tensor(keys) else tf.convert_to_tensor(keys)
        if keys.dtype != self.key_dtype:
            raise TypeError(f"Dtype of argument `keys` must be {self.key_dtype}, received: {keys.dtype}")
        return made(self.value_dtype, keys.shape)

    def __getitem__(self, keys):
        return self.lookup(keys)

    def size(self, name=None):
        return made("int64", [])


class StaticVocabularyTable:
    """`tensorflow/python/ops/lookup_ops.py`: words that are not in the vocabulary share buckets behind it."""

    def __init__(self, initializer, num_oov_buckets, lookup_key_dtype=None, name=None, experimental_is_anonymous=False):
        if isinstance(num_oov_buckets, int) and num_oov_buckets <= 0:
            raise ValueError("`num_oov_buckets` must be > 0; use StaticHashTable.")
        self.key_dtype = tf.string if lookup_key_dtype is None and initializer is None else lookup_key_dtype
        if initializer is not None:
            if self.key_dtype is None:
                self.key_dtype = initializer.key_dtype
            if initializer.value_dtype != tf.int64:
                raise TypeError(f"Invalid `value_dtype`, expected {tf.int64} but got {initializer.value_dtype}.")
        self.value_dtype, self.name = tf.int64, name

    def lookup(self, keys, name=None):
        keys = keys if is_tf_tensor(keys) else tf.convert_to_tensor(keys)
        if keys.dtype != self.key_dtype:
            raise TypeError(f"Dtype of argument `keys` must be {self.key_dtype}, received: {keys.dtype}")
        return made("int64", keys.shape)

    def __getitem__(self, keys):
        return self.lookup(keys)

    def size(self, name=None):
        return made("int64", [])
