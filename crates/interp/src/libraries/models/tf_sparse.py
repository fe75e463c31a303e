"""TensorFlow's sparse tensors (`tensorflow/python/ops/{sparse_ops,sets_impl,ctc_ops,embedding_ops}.py`)."""

import tensorflow as tf


def _wide(value):
    return tf.convert_to_tensor(value, dtype=tf.int64)


class SparseTensor:
    _type_spec = None

    def __init__(self, indices, values, dense_shape):
        self.indices, self.dense_shape = _wide(indices), _wide(dense_shape)
        self.values = tf.convert_to_tensor(values)
        entries = self.indices.shape.with_rank(2)
        self.values.shape.with_rank(1)
        sizes = self.dense_shape.shape.with_rank(1)
        _alike(entries[0], self.values.shape[0])
        _alike(entries[1], sizes[0])
        self.shape = sizes_in(self.dense_shape)

    def __str__(self):
        parts = "indices=%s, values=%s, dense_shape=%s" % (self.indices, self.values, self.dense_shape)
        return f"SparseTensor({parts})" if is_carried_out() else unknown()

    __repr__ = __str__

    @property
    def dtype(self):
        return self.values.dtype

    def get_shape(self):
        return self.shape

    def set_shape(self, shape):
        self.shape = self.shape.merge_with(shape)

    def with_values(self, new_values):
        other = SparseTensor(self.indices, new_values, self.dense_shape)
        other.shape = self.shape
        return other

    def consumers(self):
        return unknown()

    def _with_dense(self, other, function):
        other = tf.convert_to_tensor(other, dtype=self.dtype)
        check_rank_at_most(other, len(self.shape))
        scale = made(self.dtype, self.values.shape, self.values, other)
        return SparseTensor(self.indices, scale, self.dense_shape)

    def __mul__(self, other):
        return self._with_dense(other, tf.multiply)

    def __truediv__(self, other):
        return self._with_dense(other, tf.divide)

    def __getitem__(self, key):
        return unknown()

    def _dispatch(self, name, args, kwargs):
        if name in ELEMENTWISE:
            return self.with_values(ELEMENTWISE[name](self.values, *args[1:], **kwargs))
        if name in DENSE:
            _no_tensor(self)
        if name.endswith("keras.backend.to_dense"):
            return to_dense(self)
        if name.endswith("keras.backend.is_sparse"):
            return True
        return unknown()

    def __add__(self, other):
        return _no_tensor(self) if is_tf_tensor(other) else NotImplemented

    def __sub__(self, other):
        return _no_tensor(self) if is_tf_tensor(other) else NotImplemented


ELEMENTWISE = {"tf.cast": tf.cast, "tf.abs": tf.abs, "tf.negative": tf.negative, "tf.sign": tf.sign,
               "tf.square": tf.square, "tf.sqrt": tf.sqrt, "tf.tanh": tf.tanh, "tf.round": tf.round}

# Functions that take nothing but tensors.
DENSE = ("tf.matmul", "tf.add", "tf.subtract", "tf.reshape", "tf.concat", "tf.stack", "tf.expand_dims", "tf.reduce_sum",
         "tf.reduce_mean", "tf.reduce_max", "tf.gather", "tf.tile", "tf.squeeze", "tf.transpose", "tf.convert_to_tensor")


def _no_tensor(sparse):
    if is_traced():
        raise TypeError(f"Failed to convert elements of {sparse} to Tensor. Consider casting elements to a supported type. See "
                        "https://www.tensorflow.org/api_docs/python/tf/dtypes for supported TF dtypes.")
    raise ValueError(f"Attempt to convert a value ({sparse}) with an unsupported type (<class "
                     "'tensorflow.python.framework.sparse_tensor.SparseTensor'>) to a Tensor.")


class IndexedSlices:
    _type_spec = None

    def __init__(self, values, indices, dense_shape=None):
        self.values, self.indices = values, indices
        self.dense_shape = None if dense_shape is None else tf.convert_to_tensor(dense_shape)
        self.shape = tf.TensorShape(None) if dense_shape is None else sizes_in(self.dense_shape)

    @property
    def dtype(self):
        return self.values.dtype if is_tf_tensor(self.indices) else unknown()

    def __neg__(self):
        return IndexedSlices(-self.values, self.indices, self.dense_shape)

    def _dispatch(self, name, args, kwargs):
        if name == "tf.convert_to_tensor" and self.dense_shape is not None:
            return tf.math.unsorted_segment_sum(self.values, self.indices, self.dense_shape[0])
        return unknown()


def _alike(one, other):
    if is_known(one) and is_known(other) and one is not None and other is not None and one != other:
        raise ValueError(f"Dimensions {one} and {other} are not compatible")


def _sparse(value, words="Input must be a SparseTensor."):
    if not isinstance(value, SparseTensor):
        raise TypeError(words)
    return value


def _loose(dtype, shape, *inputs):
    """A sparse tensor of kernels that say no more of it than its rank, and what is known of its shape."""
    made_of = SparseTensor(made("int64", [None, len(shape)]), made(dtype, [None], *inputs), made("int64", [len(shape)]))
    made_of.shape = tf.TensorShape(shape)
    return made_of


def _nothing_known(rank):
    return [None] * rank


def from_dense(tensor, name=None):
    tensor = tf.convert_to_tensor(tensor)
    indices = tf.where(tf.not_equal(tensor, tf.zeros_like(tensor)))
    return SparseTensor(indices, tf.gather_nd(tensor, indices), tf.shape(tensor, out_type=tf.int64))


def to_dense(sp_input, default_value=None, validate_indices=True, name=None):
    sparse = _sparse(sp_input)
    if default_value is None:
        default_value = tf.zeros([], dtype=sparse.dtype)
    default_value = tf.convert_to_tensor(default_value, dtype=sparse.dtype)
    check_rank(default_value, 0)
    if _computes(sparse):
        whole = tf.fill(list(sparse.shape), default_value)
        return tf.tensor_scatter_nd_update(whole, sparse.indices, sparse.values)
    return made(sparse.dtype, sparse.shape, sparse.values, default_value)


def _computes(sparse):
    """Whether what is placed where can be said with elements, which a traced tensor has not."""
    sizes = list(sparse.shape) if is_known(len(sparse.shape)) else [None]
    return not is_traced() and all(size is not None and is_known(size) for size in sizes)


def eye(num_rows, num_columns=None, dtype=tf.float32, name=None):
    num_columns = num_rows if num_columns is None else num_columns
    diagonal = tf.range(tf.minimum(_wide(num_rows), _wide(num_columns)))
    ones = tf.ones(tf.shape(diagonal), dtype=dtype)
    return SparseTensor(tf.stack([diagonal, diagonal], axis=1), ones, [num_rows, num_columns])


def add(a, b, threshold=0):
    if not isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if isinstance(a, SparseTensor) and isinstance(b, SparseTensor):
        a.shape.assert_is_compatible_with(b.shape)
        shape = a.shape if a.shape.is_fully_defined() else _nothing_known(len(a.shape))
        return _loose(a.dtype, shape, a.values, b.values)
    sparse, dense = (a, b) if isinstance(a, SparseTensor) else (b, a)
    dense = tf.convert_to_tensor(dense, dtype=sparse.dtype)
    return made(dense.dtype, same_shape(dense, sparse.shape), sparse.values, dense)


def concat(axis, sp_inputs, expand_nonconcat_dims=False, name=None):
    if not isinstance(sp_inputs, (list, tuple)):
        raise TypeError("Inputs must be a list or tuple.")
    parts = [_sparse(part) for part in sp_inputs]
    if len(parts) == 1:
        return parts[0]
    for part in parts[1:]:
        same_size(parts[0].indices.shape[1], part.indices.shape[1])
    shape = list(parts[0].shape)
    total = 0
    for part in parts:
        size = part.shape[axis]
        total = None if total is None or size is None or not is_known(size) else total + size
    shape[axis] = total
    return _loose(parts[0].dtype, [None if expand_nonconcat_dims and d is None else d for d in shape],
                  *[part.values for part in parts])


def _listed(inputs):
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("Inputs must be a list")


def cross(inputs, name=None, separator=None):
    _listed(inputs)
    if any(isinstance(value, (list, tuple)) for value in inputs):
        raise TypeError("All inputs must be Tensor or SparseTensor.")
    return _loose("string", _nothing_known(2))


def cross_hashed(inputs, num_buckets=0, hash_key=None, name=None):
    _listed(inputs)
    if any(isinstance(value, (list, tuple)) for value in inputs):
        raise TypeError("All inputs must be Tensor or SparseTensor.")
    return _loose("int64", _nothing_known(2))


def expand_dims(sp_input, axis=None, name=None):
    rank = sp_input.dense_shape.shape[0]
    axis = -1 if axis is None else axis
    if not isinstance(axis, int) or not is_known(rank):
        return unknown()
    axis = axis if axis >= 0 else axis + rank + 1
    if not 0 <= axis <= rank:
        return unknown()
    # Slices of a shape are known where the whole of it is.
    shape = list(sp_input.shape) if sp_input.shape.is_fully_defined() else _nothing_known(rank)
    shape.insert(axis, 1)
    return _loose(sp_input.dtype, shape, sp_input.values)


def fill_empty_rows(sp_input, default_value, name=None):
    sparse = _sparse(sp_input)
    default_value = tf.convert_to_tensor(default_value, dtype=sparse.dtype)
    check_rank(default_value, 0)
    filled = _loose(sparse.dtype, sparse.shape, sparse.values, default_value)
    return filled, made("bool", [sparse.shape[0]])


def map_values(op, *args, **kwargs):
    sparse = [value for value in list(args) + list(kwargs.values()) if isinstance(value, SparseTensor)]
    if not all(is_followed(value) for value in list(args) + list(kwargs.values())):
        return unknown()
    if not sparse:
        raise ValueError("No SparseTensor in argument list of map_values")

    def inner(value):
        return value.values if isinstance(value, SparseTensor) else value

    return sparse[0].with_values(op(*[inner(v) for v in args], **{k: inner(v) for k, v in kwargs.items()}))


def mask(a, mask_indices, name=None):
    values = made(a.values.dtype, [None] + list(a.values.shape[1:]), a.values)
    return IndexedSlices(values, made("int64", [None]), a.dense_shape)


def maximum(sp_a, sp_b, name=None):
    # Nothing checks what is given: its parts are asked for.
    sp_a.indices, sp_b.indices
    return _loose(sp_a.dtype, sp_a.shape)


def _reduced(sparse, axis, keepdims):
    if not sparse.shape.is_fully_defined():
        return None
    return tf.reduce_sum(tf.zeros(sparse.shape), axis=axis, keepdims=keepdims).shape


def reduce_sum(sp_input, axis=None, keepdims=None, output_is_sparse=False, name=None):
    if output_is_sparse:
        return unknown()
    sp_input.indices
    return made(sp_input.dtype, _reduced(sp_input, axis, bool(keepdims)), sp_input.values)


def reduce_max(sp_input, axis=None, keepdims=None, output_is_sparse=False, name=None):
    if output_is_sparse:
        return unknown()
    sp_input.indices
    return made(sp_input.dtype, _reduced(sp_input, axis, bool(keepdims)))


def reorder(sp_input, name=None):
    sparse = _sparse(sp_input)
    ordered = _loose(sparse.dtype, sparse.shape, sparse.values)
    # The kernel says that there are as many elements as before.
    return ordered.with_values(made(sparse.dtype, sparse.values.shape, sparse.values))


def reset_shape(sp_input, new_shape=None):
    sparse = _sparse(sp_input)
    if new_shape is None:
        return _loose(sparse.dtype, _nothing_known(len(sparse.shape)), sparse.values)
    new_shape = tf.convert_to_tensor(new_shape)
    new_shape.shape.assert_has_rank(1)
    _alike(new_shape.shape[0], sparse.dense_shape.shape[0])
    sizes = sizes_in(new_shape)
    if is_traced() and sizes.is_fully_defined() and sparse.shape.is_fully_defined():
        if any(old > new for old, new in zip(sparse.shape, sizes)):
            return unknown()
    return _loose(sparse.dtype, sizes, sparse.values)


def reshape(sp_input, shape, name=None):
    sparse, shape = _sparse(sp_input), tf.cast(shape, dtype=tf.int64)
    wanted = sizes_in(shape)
    if not sparse.shape.is_fully_defined() or not is_known(list(wanted)):
        if is_known(shape.shape[0]):
            return _loose(sparse.dtype, _nothing_known(shape.shape[0]), sparse.values)
        return unknown()
    wanted = [None if size == -1 else size for size in wanted]
    if wanted.count(None) > 1:
        text = " ".join(str(-1 if size is None else size) for size in wanted)
        raise ValueError(f"At most one dimension can be inferred (-1). Found: [{text}]")
    size, rest = 1, 1
    for n in sparse.shape:
        size *= n
    for n in wanted:
        rest *= 1 if n is None else n
    found = [size // rest if n is None and rest else n for n in wanted]
    total = 1
    for n in found:
        total *= 1 if n is None else n
    if total != size:
        raise ValueError(f"Cannot reshape a tensor with {size} elements to shape {wanted} ({total} elements).")
    return _loose(sparse.dtype, found, sparse.values)


def retain(sp_input, to_retain):
    sparse, to_retain = _sparse(sp_input), tf.convert_to_tensor(to_retain)
    to_retain.shape.assert_has_rank(1)
    _alike(sparse.values.shape[0], to_retain.shape[0])
    shape = sparse.shape if sparse.shape.is_fully_defined() else _nothing_known(len(sparse.shape))
    return _loose(sparse.dtype, shape, sparse.values)


def segment_sum(data, indices, segment_ids, num_segments=None, name=None, sparse_gradient=False):
    data, indices, segment_ids = inputs_of("SparseSegmentSum", data, indices, segment_ids)
    check_rank_at_least(data, 1)
    same_shape(check_rank(indices, 1), check_rank(segment_ids, 1))
    count = None
    if num_segments is not None:
        count = num_segments if isinstance(num_segments, int) else None
        check_rank(tf.convert_to_tensor(num_segments), 0)
    return made(data.dtype, [count] + list(data.shape[1:]), data)


def slice(sp_input, start, size, name=None):
    sparse = _sparse(sp_input)
    return _loose(sparse.dtype, _nothing_known(len(sparse.shape)), sparse.values)


def softmax(sp_input, name=None):
    return _loose(sp_input.dtype, sp_input.shape, sp_input.values)


def split(sp_input=None, num_split=None, axis=None, name=None):
    for given, word in ((sp_input, "sp_input"), (num_split, "num_split"), (axis, "axis")):
        if given is None:
            raise ValueError(f"{word} is required")
    sparse = _sparse(sp_input)
    return [_loose(sparse.dtype, _nothing_known(len(sparse.shape)), sparse.values) for _ in range(num_split)]


def sparse_dense_matmul(sp_a, b, adjoint_a=False, adjoint_b=False, name=None):
    if isinstance(b, SparseTensor):
        other = adjoint_b if adjoint_a != adjoint_b else not adjoint_b
        one = adjoint_a if adjoint_a != adjoint_b else not adjoint_a
        return tf.transpose(sparse_dense_matmul(b, sp_a, one, other))
    sparse, b = _sparse(sp_a), tf.convert_to_tensor(b)
    rows, columns = check_rank(sparse.shape, 2), check_rank(b, 2)
    rows = list(rows)[::-1] if adjoint_a else list(rows)
    columns = list(columns)[::-1] if adjoint_b else list(columns)
    same_size(rows[1], columns[0])
    if _computes(sparse):
        return tf.matmul(to_dense(sparse), b, adjoint_a=adjoint_a, adjoint_b=adjoint_b)
    return made(b.dtype, [rows[0], columns[1]], sparse.values, b)


def to_indicator(sp_input, vocab_size, name=None):
    sparse = _sparse(sp_input)
    sizes = list(sparse.shape)
    return made("bool", sizes[:-1] + [vocab_size if isinstance(vocab_size, int) else None])


def transpose(sp_input, perm=None, name=None):
    sp_input.indices
    sparse = _sparse(sp_input)
    rank = len(sparse.shape)
    if perm is None:
        perm = list(range(rank))[::-1]
    if not isinstance(perm, (list, tuple)):
        return _loose(sparse.dtype, _nothing_known(rank), sparse.values)
    if not sparse.shape.is_fully_defined():
        _alike(len(perm), rank)
        return _loose(sparse.dtype, _nothing_known(rank), sparse.values)
    shape = list(sparse.shape)
    for place, axis in enumerate(perm):
        shape[place] = sparse.shape[axis]
    _alike(len(perm), rank)
    return _loose(sparse.dtype, shape, sparse.values)


def sparse_bincount(values, weights=None, axis=0, minlength=None, maxlength=None, binary_output=False, name=None):
    if weights is not None and binary_output:
        raise ValueError("Arguments `binary_output` and `weights` are mutually exclusive. Please specify only one.")
    if axis not in (None, 0, -1):
        raise ValueError(f"Unsupported value for argument axis={axis}. Only 0 and -1 are currently supported.")
    if isinstance(values, SparseTensor):
        if weights is not None:
            return unknown()
        return _loose(values.values.dtype, _nothing_known(len(values.shape) if axis else 1))
    values = tf.convert_to_tensor(values)
    if weights is not None:
        weights = tf.convert_to_tensor(weights)
    if not axis:
        values = tf.reshape(values, [-1])
        weights = weights if weights is None else tf.reshape(weights, [-1])
    elif not is_known(len(values.shape)):
        return unknown()
    inputs_of("DenseBincount", values)
    return _loose(values.dtype if weights is None else weights.dtype, _nothing_known(len(values.shape)))


SETS = (tf.int8, tf.int16, tf.int32, tf.int64, tf.uint8, tf.uint16, tf.string)


def _set_rank(value):
    return check_rank_at_least(value, 2)


def set_operation(a, b, validate_indices=True):
    if isinstance(a, SparseTensor) or isinstance(b, SparseTensor):
        return unknown()
    a = tf.convert_to_tensor(a)
    if a.dtype not in SETS:
        raise TypeError(f"'a' has invalid dtype `{a.dtype!r}` not in supported dtypes: `frozenset({{...}})`.")
    b = tf.convert_to_tensor(b)
    if b.dtype != a.dtype:
        raise TypeError(f"Types don't match, {a.dtype!r} vs {b.dtype!r}.")
    rank = len(_set_rank(a))
    check_rank(b, rank)
    same_shape(list(a.shape)[:-1], list(b.shape)[:-1])
    return _loose(a.dtype, _nothing_known(rank))


def set_difference(a, b, aminusb=True, validate_indices=True):
    return set_operation(a, b)


def set_size(a, validate_indices=True):
    _sparse(a, "Expected `SparseTensor`, got %s." % a)
    return made("int32", None)


def edit_distance(hypothesis, truth, normalize=True, name="edit_distance"):
    _sparse(hypothesis, "Hypothesis must be a SparseTensor.")
    _sparse(truth, "Truth must be a SparseTensor.")
    one, other = hypothesis.shape, truth.shape
    if not one.is_fully_defined() or not other.is_fully_defined():
        return made("float32", None)
    for rank, word in ((len(one), "Hypothesis"), (len(other), "Truth")):
        if rank < 2:
            refuse(f"Input {word} SparseTensors must have rank at least 2, but {word.lower()}_shape rank is: {rank}")
    return made("float32", [max(a, b) for a, b in zip(list(one)[:-1], list(other)[:-1])])


def serialize_sparse(sp_input, out_type=tf.string, name=None):
    _sparse(sp_input)
    return made(out_type, [3])


def serialize_many_sparse(sp_input, out_type=tf.string, name=None):
    _sparse(sp_input)
    return made(out_type, [None, 3])


def deserialize_many_sparse(serialized_sparse, dtype, rank=None, name=None):
    check_rank(tf.convert_to_tensor(serialized_sparse), 2)
    if rank is not None:
        return _loose(dtype, _nothing_known(rank))
    loose = _loose(dtype, _nothing_known(0))
    loose.shape = tf.TensorShape(None)
    return loose


def _ctc_inputs(kernel, inputs, sequence_length):
    inputs, sequence_length = inputs_of(kernel, inputs, sequence_length)
    shape = check_rank(inputs, 3)
    return inputs, same_size(shape[1], check_rank(sequence_length, 1)[0])


def _greedily(inputs, lengths, merge_repeated, blank):
    """The likeliest class at each time, without blanks and repeats, and the sum of what each is likely by."""
    classes = tf.argmax(inputs, axis=-1).numpy().tolist()
    best = tf.reduce_max(inputs, axis=-1).numpy().tolist()
    count = int(inputs.shape[2])
    blank = count - 1 if blank is None else blank % count
    entries, values, scores, longest = [], [], [], 0
    for row, length in enumerate(lengths.numpy().tolist()):
        before, at = None, 0
        for time in range(length):
            own = classes[time][row]
            if own != blank and not (merge_repeated and own == before):
                entries.append([row, at])
                values.append(own)
                at += 1
            before = own
        longest = max(longest, at)
        scores.append([-sum(best[time][row] for time in range(length))])
    places = tf.constant(entries, tf.int64) if entries else tf.zeros((0, 2), tf.int64)
    decoded = SparseTensor(places, tf.constant(values, tf.int64), [len(scores), longest])
    return [decoded], tf.constant(scores, inputs.dtype)


def ctc_greedy_decoder(inputs, sequence_length, merge_repeated=True, blank_index=None):
    inputs, batch = _ctc_inputs("CTCGreedyDecoder", inputs, sequence_length)
    if is_carried_out() and not is_traced():
        return _greedily(inputs, tf.convert_to_tensor(sequence_length), merge_repeated, blank_index)
    return [_loose("int64", _nothing_known(2))], made(inputs.dtype, [batch, 1])


def ctc_beam_search_decoder(inputs, sequence_length, beam_width=100, top_paths=1):
    inputs, batch = _ctc_inputs("CTCBeamSearchDecoder", inputs, sequence_length)
    return [_loose("int64", _nothing_known(2)) for _ in range(top_paths)], made(inputs.dtype, [batch, top_paths])


def ctc_label_dense_to_sparse(labels, label_lengths):
    # `tf.scan` takes a list for a structure of tensors, here of scalars.
    if isinstance(label_lengths, (list, tuple)) and len(tf.convert_to_tensor(labels).shape) > 0:
        raise IndexError("tuple index out of range")
    labels, lengths = tf.convert_to_tensor(labels), tf.convert_to_tensor(label_lengths)
    if not is_known(len(labels.shape)) or len(labels.shape) != 2 or len(lengths.shape) != 1:
        return unknown()
    return _loose(labels.dtype, labels.shape)


def embedding_lookup_sparse(params, sp_ids, sp_weights, combiner=None, max_norm=None, name=None,
                            allow_fast_lookup=False):
    combiner = "mean" if combiner is None else combiner
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError(f"combiner must be one of 'mean', 'sqrtn' or 'sum', got {combiner}")
    params = params[0] if isinstance(params, (list, tuple)) else params
    params = tf.convert_to_tensor(params)
    _sparse(sp_ids, "sp_ids must be SparseTensor")
    return made(params.dtype, [None] + list(params.shape[1:]), params)


def safe_embedding_lookup_sparse(embedding_weights, sparse_ids, sparse_weights=None, combiner="mean", default_id=None,
                                 max_norm=None, name=None, allow_fast_lookup=False):
    if embedding_weights is None:
        raise ValueError(f"Missing embedding_weights {embedding_weights}.")
    weights = embedding_weights[0] if isinstance(embedding_weights, (list, tuple)) else embedding_weights
    weights = tf.convert_to_tensor(weights)
    sparse_ids.dense_shape
    rank = len(weights.shape)
    if is_known(rank) and rank != 2:
        refuse(f"Shapes must be equal rank, but are {rank} and 2")
    sizes = list(sparse_ids.shape)[:-1]
    return made(weights.dtype, sizes + list(weights.shape[1:]), weights)
