"""TensorFlow's ragged tensors (`tensorflow/python/ops/ragged/`), and the functions of strings that make them.

A ragged tensor is known here by its flat values, its static shape and its ragged rank; where the lengths of its rows
are a list that the script gives, by those too.
"""

import tensorflow as tf

INVALID = "Arguments to _from_row_partition do not form a valid RaggedTensor"


class RaggedTensor:
    _type_spec = None

    def __init__(self, flat_values, shape, ragged_rank=1, lengths=None, splits_dtype=tf.int64, drawn=None):
        # What rows of lengths that were drawn are, once zeros stand behind them.
        self._drawn = drawn
        self.flat_values, self.ragged_rank = flat_values, ragged_rank
        self.shape, self._lengths, self._splits = tf.TensorShape(shape), lengths, splits_dtype

    def _rows(self):
        """The rows as lists, where a script is carried out and they are known."""
        known = is_carried_out() and not is_traced() and self.ragged_rank == 1 and self._lengths is not None
        if not known or not is_known(self.flat_values):
            return None
        values, rows, start = self.flat_values.numpy().tolist(), [], 0
        if self.dtype == tf.string:
            values = [value.encode() if isinstance(value, str) else value for value in values]
        for length in self._lengths:
            rows.append(values[start : start + length])
            start += length
        return rows

    def _told(self, numbers):
        return tf.constant(numbers, self._splits) if is_carried_out() and self.ragged_rank == 1 else None

    def __str__(self):
        rows = self._rows()
        if rows is None or len(rows) > 20 or len(self.flat_values.shape) > 1:
            return unknown()
        words = [repr(value) if isinstance(value, (bytes, bool, int)) else str(value) for value in self.flat_values.numpy()]
        if self.dtype == tf.string:
            words = [repr(value) for row in rows for value in row]
        shown, start = [], 0
        for row in rows:
            shown.append("[" + ", ".join(words[start : start + len(row)]) + "]")
            start += len(row)
        if any(len(row) > 70 for row in shown):
            return unknown()
        # Rows stand in lines of 75 letters, as the elements of an array do.
        lines, line = [], " "
        for place, row in enumerate(shown):
            if len(line) + len(row) > 74 and len(line) > 1:
                lines.append(line.rstrip())
                line = " "
            line += row + (", " if place + 1 < len(shown) else "")
        text = "[" + "\n".join(lines + [line])[1:] + "]"
        return f"<tf.RaggedTensor {text}>"

    __repr__ = __str__

    @property
    def dtype(self):
        return self.flat_values.dtype

    @property
    def values(self):
        if self.ragged_rank == 1:
            return self.flat_values
        shape = list(self.shape)
        rows = sum(self._lengths) if self._lengths is not None else _product(shape[:2])
        return RaggedTensor(self.flat_values, [rows] + shape[2:], self.ragged_rank - 1)

    @property
    def row_splits(self):
        rows = self.shape[0]
        if self._lengths is not None and self._told(self._lengths) is not None:
            return self._told([sum(self._lengths[:place]) for place in range(len(self._lengths) + 1)])
        return made(self._splits, [None if not _static(rows) else rows + 1])

    @property
    def nested_row_splits(self):
        inner = self.values
        rest = () if self.ragged_rank == 1 else inner.nested_row_splits
        return (self.row_splits,) + rest

    @property
    def uniform_row_length(self):
        size = self.shape[1]
        return tf.constant(size, dtype=tf.int64) if _static(size) else size

    def nested_row_lengths(self, name=None):
        rest = () if self.ragged_rank == 1 else self.values.nested_row_lengths()
        return (self.row_lengths(),) + rest

    def get_shape(self):
        return self.shape

    def row_lengths(self, axis=1, name=None):
        if axis == 1 and self._lengths is not None and self._told(self._lengths) is not None:
            return self._told(self._lengths)
        return made(self._splits, [self.shape[0]]) if axis == 1 else unknown()

    def row_starts(self, name=None):
        return made(self._splits, [self.shape[0]])

    def row_limits(self, name=None):
        return made(self._splits, [self.shape[0]])

    def value_rowids(self, name=None):
        return made(self._splits, [None])

    def nrows(self, out_type=None, name=None):
        if is_carried_out() and _static(self.shape[0]):
            return tf.constant(int(self.shape[0]), out_type or self._splits)
        return made(out_type or self._splits, [])

    def bounding_shape(self, axis=None, name=None, out_type=None):
        if self._rows() is not None and axis is None and out_type is None and len(self.flat_values.shape) == 1:
            return self._told([len(self._lengths), max(self._lengths, default=0)])
        return made(out_type or self._splits, [len(self.shape)] if axis is None else [])

    def with_values(self, new_values):
        old = self.values
        if not isinstance(new_values, RaggedTensor):
            new_values = tf.convert_to_tensor(new_values)
        new_values.shape.with_rank_at_least(1)
        if _static(old.shape[0]) and _static(new_values.shape[0]) and old.shape[0] != new_values.shape[0]:
            raise ValueError(f"Shapes ({old.shape[0]},) and ({new_values.shape[0]},) are incompatible")
        shape = list(self.shape)[:2] + list(new_values.shape)[1:]
        if isinstance(new_values, RaggedTensor):
            return RaggedTensor(new_values.flat_values, shape, new_values.ragged_rank + 1)
        return RaggedTensor(new_values, shape, 1, self._lengths)

    def with_flat_values(self, new_values):
        if not isinstance(new_values, RaggedTensor):
            new_values = tf.convert_to_tensor(new_values)
        new_values.shape.with_rank_at_least(1)
        shape = list(self.shape)[:self.ragged_rank + 1] + list(new_values.shape)[1:]
        if isinstance(new_values, RaggedTensor):
            return RaggedTensor(new_values.flat_values, shape, self.ragged_rank + new_values.ragged_rank, self._lengths)
        return RaggedTensor(new_values, shape, self.ragged_rank, self._lengths)

    def merge_dims(self, outer_axis, inner_axis):
        return self.values if (outer_axis, inner_axis) == (0, 1) else unknown()

    def to_tensor(self, default_value=None, name=None, shape=None):
        zeros = default_value is None or (isinstance(default_value, int) and default_value == 0)
        if default_value is not None:
            default_value = tf.convert_to_tensor(default_value, dtype=self.dtype)
        if self._drawn is not None and shape is None and zeros:
            return self._drawn
        lengths = self._lengths if self.ragged_rank == 1 and not is_traced() else None
        few = lengths is not None and is_known(lengths) and (is_carried_out() or len(lengths) * max(lengths, default=0) <= 4096)
        if few and shape is None and len(self.flat_values.shape) == 1:
            width = max(self._lengths, default=0)
            fill = tf.constant(0, self.dtype) if default_value is None and self.dtype != tf.string else default_value
            fill = tf.constant("") if fill is None else fill
            places, start, end = [], 0, sum(self._lengths)
            for length in self._lengths:
                places.append([start + place if place < length else end for place in range(width)])
                start += length
            if width:
                return tf.gather(tf.concat([self.flat_values, tf.reshape(fill, [1])], 0), places)
        if shape is None:
            return made(self.dtype, self.shape, self.flat_values)
        # Rows are cut off or filled up to what is asked for.
        known = tf.TensorShape(shape)
        if len(known) != len(self.shape):
            return unknown()
        sizes = [own if asked is None else asked for asked, own in zip(known, _open(self.shape, self.ragged_rank))]
        return made(self.dtype, sizes, self.flat_values)

    def to_sparse(self, name=None):
        rank = len(self.shape)
        count = self.flat_values.shape[0] if len(self.flat_values.shape) == 1 else None
        return tf.SparseTensor(made("int64", [count, rank]), made(self.dtype, [count], self.flat_values),
                               made("int64", [rank]))

    def nested_value_rowids(self, name=None):
        return unknown()

    def with_row_splits_dtype(self, dtype):
        return unknown()

    @classmethod
    def from_nested_value_rowids(cls, flat_values, nested_value_rowids, nested_nrows=None, name=None, validate=True):
        return unknown()

    def to_list(self):
        if is_traced():
            raise ValueError("to_list can only be used in eager mode.")
        rows = self._rows()
        return unknown() if rows is None else rows

    def numpy(self):
        return unknown()

    def consumers(self):
        return unknown()

    def __len__(self):
        return unknown_size()

    def __getitem__(self, key):
        if isinstance(key, tuple):
            if len(key) == 1:
                return self[key[0]]
            if len(key) == 2 and key[0] == slice(None) and isinstance(key[1], slice):
                return self._columns(key[1])
            return unknown()
        if isinstance(key, slice):
            rows = tf.zeros([self.shape[0]])[key].shape[0] if _static(self.shape[0]) else None
            return RaggedTensor(_part(self.flat_values), [rows] + list(self.shape)[1:], self.ragged_rank)
        if not isinstance(key, int):
            return unknown()
        if self._rows() is not None and -len(self._lengths) <= key < len(self._lengths):
            key = key % len(self._lengths)
            start = sum(self._lengths[:key])
            return self.flat_values[start : start + self._lengths[key]]
        shape = list(self.shape)[1:]
        if self._lengths is not None and -len(self._lengths) <= key < len(self._lengths):
            shape[0] = self._lengths[key]
        if self.ragged_rank > 1:
            return RaggedTensor(_part(self.flat_values), shape, self.ragged_rank - 1)
        shape[0] = shape[0] if self._lengths is not None else None
        return made(self.dtype, shape, self.flat_values)

    def _columns(self, columns):
        size = self.shape[1]
        size = tf.zeros([size])[columns].shape[0] if _static(size) else None
        return RaggedTensor(_part(self.flat_values), [self.shape[0], size] + list(self.shape)[2:], self.ragged_rank)

    def _binary(self, function, *operands):
        ragged, flat = [value for value in operands if isinstance(value, RaggedTensor)], []
        for value in operands:
            if isinstance(value, RaggedTensor):
                ragged[0].shape.assert_is_compatible_with(value.shape)
                flat.append(value.flat_values)
            elif isinstance(value, (int, float, bool, str)) or len(tf.convert_to_tensor(value).shape) == 0:
                flat.append(value)
            else:
                return unknown()
        return ragged[0].with_flat_values(function(*flat))

    def __add__(self, other):
        return self._binary(tf.add, self, other)

    def __radd__(self, other):
        return self._binary(tf.add, other, self)

    def __sub__(self, other):
        return self._binary(tf.subtract, self, other)

    def __rsub__(self, other):
        return self._binary(tf.subtract, other, self)

    def __mul__(self, other):
        return self._binary(tf.multiply, self, other)

    def __rmul__(self, other):
        return self._binary(tf.multiply, other, self)

    def __truediv__(self, other):
        return self._binary(tf.divide, self, other)

    def __rtruediv__(self, other):
        return self._binary(tf.divide, other, self)

    def __floordiv__(self, other):
        return self._binary(tf.math.floordiv, self, other)

    def __mod__(self, other):
        return self._binary(tf.math.mod, self, other)

    def __pow__(self, other):
        return self._binary(tf.pow, self, other)

    def __gt__(self, other):
        return self._binary(tf.greater, self, other)

    def __ge__(self, other):
        return self._binary(tf.greater_equal, self, other)

    def __lt__(self, other):
        return self._binary(tf.less, self, other)

    def __le__(self, other):
        return self._binary(tf.less_equal, self, other)

    def __eq__(self, other):
        return self._binary(tf.equal, self, other)

    def __ne__(self, other):
        return self._binary(tf.not_equal, self, other)

    def __neg__(self):
        return self.with_flat_values(-self.flat_values)

    def __abs__(self):
        return self.with_flat_values(tf.abs(self.flat_values))

    def _dispatch(self, name, args, kwargs):
        if name in UNARY:
            return args[0].with_flat_values(UNARY[name](args[0].flat_values, *args[1:], **kwargs))
        if name in BINARY and len(args) >= 2:
            return self._binary(BINARY[name], args[0], args[1])
        if name in OTHER:
            return OTHER[name](*args, **kwargs)
        return unknown()

    @classmethod
    def from_tensor(cls, tensor, lengths=None, padding=None, ragged_rank=1, name=None, row_splits_dtype=tf.int64):
        if lengths is not None and padding is not None:
            raise ValueError("Specify argument `lengths` or `padding`, but not both.")
        if not isinstance(ragged_rank, int):
            raise TypeError(f"Argument `ragged_rank` must be an int. Received {ragged_rank}.")
        if ragged_rank <= 0:
            raise ValueError(f"Argument `ragged_rank` must be greater than 0. Received {ragged_rank}.")
        tensor = tf.convert_to_tensor(tensor)
        rank = len(tensor.shape)
        if is_known(rank) and rank <= 1:
            raise ValueError("The rank of a RaggedTensor must be greater than 1, i.e., a list of scalars won't have ragged "
                             f"dimensions. Received argument `tensor` with rank {rank}.")
        tensor.shape.with_rank_at_least(ragged_rank + 1)
        shape = list(tensor.shape)
        if lengths is not None:
            if ragged_rank != 1 or (isinstance(lengths, (list, tuple)) and lengths and not isinstance(lengths[0], int)):
                return unknown()
            kept = tf.sequence_mask(lengths, shape[1] if _static(shape[1]) else tf.shape(tensor)[1])
            values = tf.boolean_mask(tensor, kept)
            return cls(values, [kept.shape[0], None] + shape[2:])
        if padding is not None:
            padding = tf.convert_to_tensor(padding, dtype=tensor.dtype)
            padding.shape.assert_is_compatible_with(tensor.shape[ragged_rank + 1:])
            return cls(_part(tensor, ragged_rank), shape[:1] + [None] * ragged_rank + shape[ragged_rank + 1:], ragged_rank)
        count = _product(shape[:ragged_rank + 1])
        rest = tf.shape(tensor)[ragged_rank + 1:]
        flat = tf.reshape(tensor, tf.concat([[-1 if count is None else count], rest], axis=0))
        return cls(flat, shape, ragged_rank, splits_dtype=row_splits_dtype)

    @classmethod
    def _of_rows(cls, values, rows, lengths=None, size=None, partition=None):
        if not isinstance(values, RaggedTensor):
            values = tf.convert_to_tensor(values)
        check = values.shape.with_rank_at_least(1)
        shape = [rows, size] + list(check)[1:]
        if lengths is not None and not is_traced() and _static(values.shape[0]) and sum(lengths) != values.shape[0]:
            refuse(INVALID)
        if isinstance(values, RaggedTensor):
            return cls(values.flat_values, shape, values.ragged_rank + 1)
        return cls(values, shape, 1, lengths)

    @classmethod
    def from_row_splits(cls, values, row_splits, name=None, validate=True):
        splits = tf.convert_to_tensor(row_splits, dtype_hint=tf.int64)
        splits.shape.assert_has_rank(1)
        count = splits.shape[0]
        lengths = None
        if _numbers(row_splits):
            if len(row_splits) == 0:
                raise ValueError("row_splits tensor may not be empty.")
            lengths = [end - start for start, end in zip(row_splits[:-1], row_splits[1:])]
        return cls._of_rows(values, count - 1 if _static(count) else None, lengths)

    @classmethod
    def from_row_lengths(cls, values, row_lengths, name=None, validate=True):
        given = tf.convert_to_tensor(row_lengths, dtype_hint=tf.int64)
        given.shape.assert_has_rank(1)
        return cls._of_rows(values, given.shape[0], list(row_lengths) if _numbers(row_lengths) else None)

    @classmethod
    def from_row_starts(cls, values, row_starts, name=None, validate=True):
        starts = tf.convert_to_tensor(row_starts, dtype_hint=tf.int64)
        starts.shape.assert_has_rank(1)
        return cls._of_rows(values, starts.shape[0])

    @classmethod
    def from_row_limits(cls, values, row_limits, name=None, validate=True):
        return cls.from_row_starts(values, row_limits)

    @classmethod
    def from_value_rowids(cls, values, value_rowids, nrows=None, name=None, validate=True):
        ids = tf.convert_to_tensor(value_rowids, dtype_hint=tf.int64)
        ids.shape.assert_has_rank(1)
        last = value_rowids[-1] if _numbers(value_rowids) and len(value_rowids) else None
        if isinstance(nrows, int):
            if nrows < 0:
                raise ValueError(f"Expected nrows >= 0; got {nrows}")
            if last is not None and nrows < last + 1:
                raise ValueError(f"Expected nrows >= value_rowids[-1] + 1; got nrows={nrows}, value_rowids[-1]={last}")
            rows = nrows
        else:
            rows = last + 1 if nrows is None and last is not None else None
        return cls._of_rows(values, rows)

    @classmethod
    def from_uniform_row_length(cls, values, uniform_row_length, nrows=None, validate=True, name=None):
        if not isinstance(values, RaggedTensor):
            values = tf.convert_to_tensor(values)
        if not isinstance(uniform_row_length, int):
            return unknown()
        count = values.shape[0]
        rows = nrows if isinstance(nrows, int) else None
        if rows is None and _static(count) and uniform_row_length > 0:
            rows = count // uniform_row_length
            if rows * uniform_row_length != count and not is_traced():
                raise ValueError(f"uniform_row_length={uniform_row_length} times nrows={rows} must equal nvals={count}")
        return cls._of_rows(values, rows, None, uniform_row_length)

    @classmethod
    def from_nested_row_splits(cls, flat_values, nested_row_splits, name=None, validate=True):
        for splits in reversed(nested_row_splits):
            flat_values = cls.from_row_splits(flat_values, splits)
        return flat_values

    @classmethod
    def from_nested_row_lengths(cls, flat_values, nested_row_lengths, name=None, validate=True):
        for lengths in reversed(nested_row_lengths):
            flat_values = cls.from_row_lengths(flat_values, lengths)
        return flat_values

    @classmethod
    def from_sparse(cls, st_input, name=None, row_splits_dtype=tf.int64):
        if not isinstance(st_input, tf.SparseTensor):
            raise TypeError(f"Argument `st_input` must be of type SparseTensor, but is of type {type(st_input).__name__}.")
        return cls(st_input.values, [st_input.shape[0], None])


def _static(size):
    return size is not None and is_known(size)


def _product(sizes):
    total = 1
    for size in sizes:
        if not _static(size):
            return None
        total *= size
    return total


def _numbers(value):
    return isinstance(value, (list, tuple)) and all(isinstance(number, int) for number in value)


def _open(shape, ragged_rank):
    return [None if 0 < place <= ragged_rank else size for place, size in enumerate(shape)]


def _part(flat, merged=0):
    """Some of the values, nobody knows how many."""
    return made(flat.dtype, [None] + list(flat.shape)[1 + merged:], flat)


UNARY = {
    "tf.abs": tf.abs, "tf.cast": tf.cast, "tf.identity": tf.identity, "tf.negative": tf.negative, "tf.sign": tf.sign,
    "tf.square": tf.square, "tf.sqrt": tf.sqrt, "tf.exp": tf.exp, "tf.math.log": tf.math.log, "tf.round": tf.round,
    "tf.floor": tf.floor, "tf.math.ceil": tf.math.ceil, "tf.tanh": tf.tanh, "tf.sigmoid": tf.sigmoid,
    "tf.math.sigmoid": tf.sigmoid, "tf.sin": tf.sin, "tf.cos": tf.cos, "tf.nn.relu": tf.nn.relu,
    "tf.nn.dropout": tf.nn.dropout, "tf.nn.gelu": tf.nn.gelu, "tf.zeros_like": tf.zeros_like,
    "tf.ones_like": tf.ones_like, "tf.logical_not": tf.logical_not, "tf.clip_by_value": tf.clip_by_value,
    "tf.math.is_nan": tf.math.is_nan, "tf.stop_gradient": tf.stop_gradient, "tf.strings.lower": tf.strings.lower,
    "tf.strings.upper": tf.strings.upper, "tf.strings.length": tf.strings.length, "tf.strings.strip": tf.strings.strip,
    "tf.strings.to_number": tf.strings.to_number, "tf.strings.as_string": tf.strings.as_string,
    "tf.strings.regex_replace": tf.strings.regex_replace, "tf.strings.substr": tf.strings.substr,
    "tf.strings.to_hash_bucket_fast": tf.strings.to_hash_bucket_fast,
}

BINARY = {
    "tf.add": tf.add, "tf.subtract": tf.subtract, "tf.multiply": tf.multiply, "tf.divide": tf.divide, "tf.pow": tf.pow,
    "tf.maximum": tf.maximum, "tf.minimum": tf.minimum, "tf.equal": tf.equal, "tf.not_equal": tf.not_equal,
    "tf.greater": tf.greater, "tf.greater_equal": tf.greater_equal, "tf.less": tf.less, "tf.less_equal": tf.less_equal,
    "tf.logical_and": tf.logical_and, "tf.logical_or": tf.logical_or,
}


def _reduce(function):
    def reduced(input_tensor, axis=None, keepdims=False, name=None):
        rank = len(input_tensor.shape)
        if axis is None:
            return function(input_tensor.flat_values)
        if not isinstance(axis, int):
            return unknown()
        if not -rank <= axis < rank:
            raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
        axis = axis % rank
        values = input_tensor.values
        if axis > 1:
            return input_tensor.with_values(function(values, axis=axis - 1, keepdims=keepdims))
        dtype = function(tf.zeros([1], dtype=input_tensor.dtype)).dtype
        if axis == 0 or input_tensor.ragged_rank > 1:
            return unknown()
        lengths = input_tensor._lengths
        if input_tensor._rows() is not None and len(values.shape) == 1 and lengths and all(lengths):
            parts = [function(values[sum(lengths[:row]) : sum(lengths[: row + 1])]) for row in range(len(lengths))]
            return tf.expand_dims(tf.stack(parts), 1) if keepdims else tf.stack(parts)
        shape = [input_tensor.shape[0]] + ([1] if keepdims else []) + list(values.shape)[1:]
        return made(dtype, shape, values)

    return reduced


def _concat(values, axis, name="concat"):
    rank = len(values[0].shape)
    if not isinstance(axis, int) or not all(isinstance(value, RaggedTensor) for value in values):
        return unknown()
    if not -rank <= axis < rank:
        raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
    axis = axis % rank
    if axis > 1:
        return values[0].with_values(tf.concat([value.values for value in values], axis=axis - 1))
    flat = tf.concat([value.flat_values for value in values], axis=0)
    rows = values[0].shape[0]
    if axis == 0:
        rows = 0
        for value in values:
            rows = rows + value.shape[0] if rows is not None and _static(value.shape[0]) else None
    ragged_rank = values[0].ragged_rank
    return RaggedTensor(flat, [rows] + [None] * ragged_rank + list(flat.shape)[1:], ragged_rank)


def _stack(values, axis=0, name="stack"):
    if axis != 0 or not all(isinstance(value, RaggedTensor) for value in values):
        return unknown()
    flat = tf.concat([value.flat_values for value in values], axis=0)
    ragged_rank = values[0].ragged_rank + 1
    return RaggedTensor(flat, [len(values)] + [None] * ragged_rank + list(flat.shape)[1:], ragged_rank)


def _gather(params, indices, validate_indices=None, axis=None, batch_dims=0, name=None):
    if batch_dims or axis not in (None, 0):
        return unknown()
    if isinstance(indices, RaggedTensor):
        if isinstance(params, RaggedTensor):
            return unknown()
        picked = tf.gather(params, indices.flat_values)
        return indices.with_flat_values(picked)
    indices = tf.convert_to_tensor(indices)
    sizes = list(indices.shape)
    if not sizes:
        shape = [None] + list(params.shape)[2:]
        if params.ragged_rank == 1:
            return made(params.dtype, shape, params.flat_values)
        return RaggedTensor(_part(params.flat_values), shape, params.ragged_rank - 1)
    shape = sizes + [None] * params.ragged_rank + list(params.flat_values.shape)[1:]
    return RaggedTensor(_part(params.flat_values), shape, params.ragged_rank + len(sizes) - 1)


def _expand(input, axis, name=None):
    rank = len(input.shape)
    if not isinstance(axis, int) or not -rank - 1 <= axis <= rank:
        return unknown()
    axis = axis % (rank + 1)
    if axis > 1:
        return input.with_values(tf.expand_dims(input.values, axis - 1))
    shape = list(input.shape)
    shape.insert(axis, 1)
    return RaggedTensor(input.flat_values, shape, input.ragged_rank + 1)


def _no_tensor(value, dtype=None, dtype_hint=None, name=None):
    words = f"Failed to convert elements of {value} to Tensor. Consider casting elements to a supported type."
    if not is_traced():
        raise ValueError("TypeError: object of type 'RaggedTensor' has no len()")
    raise TypeError(words)


OTHER = {
    "tf.reduce_sum": _reduce(tf.reduce_sum), "tf.reduce_mean": _reduce(tf.reduce_mean),
    "tf.reduce_max": _reduce(tf.reduce_max), "tf.reduce_min": _reduce(tf.reduce_min),
    "tf.reduce_prod": _reduce(tf.reduce_prod), "tf.reduce_any": _reduce(tf.reduce_any),
    "tf.reduce_all": _reduce(tf.reduce_all), "tf.concat": _concat, "tf.stack": _stack, "tf.gather": _gather,
    "tf.nn.embedding_lookup": lambda params, ids, max_norm=None, name=None: _gather(params, ids),
    "tf.expand_dims": _expand, "tf.convert_to_tensor": _no_tensor,
    "tf.size": lambda input, out_type=tf.int32, name=None: made(out_type, []),
    "tf.rank": lambda input, name=None: made(tf.int32, []),
    "tf.strings.reduce_join": _reduce(lambda x, **kwargs: tf.strings.reduce_join(x, **kwargs)),
    "tf.strings.unicode_encode": lambda input, output_encoding, **kwargs: made("string", list(input.shape)[:-1]),
}


def boolean_mask(data, mask, name=None):
    if isinstance(mask, RaggedTensor):
        return unknown()
    mask = tf.convert_to_tensor(mask, dtype=tf.bool)
    data = data if isinstance(data, RaggedTensor) else tf.convert_to_tensor(data)
    rank = len(mask.shape)
    if not is_known(rank) or isinstance(data, RaggedTensor):
        return unknown()
    if rank == 0:
        raise ValueError("mask cannot be scalar.")
    data.shape[:rank].assert_is_compatible_with(mask.shape)
    if rank == 1:
        return tf.boolean_mask(data, mask)
    shape = [mask.shape[0]] + [None] * (rank - 1) + list(data.shape)[rank:]
    return RaggedTensor(_part(data, rank - 1), shape, rank - 1)


def constant(pylist, dtype=None, ragged_rank=None, inner_shape=None, name=None, row_splits_dtype=tf.int64):
    drawn = padded_draws(pylist, None, dtype, 0)
    if drawn is not None and ragged_rank in (None, 1) and inner_shape is None:
        flat = made(drawn.dtype, [None])
        return RaggedTensor(flat, [len(pylist), None], 1, None, row_splits_dtype, tf.convert_to_tensor(drawn))
    if not is_known(pylist) or ragged_rank is not None or inner_shape is not None:
        return unknown()
    depth, level = 0, pylist
    while isinstance(level, (list, tuple)):
        depth += 1
        level = [item for inner in level for item in (inner if isinstance(inner, (list, tuple)) else [inner])] if all(
            isinstance(inner, (list, tuple)) for inner in level) and level else None
    if depth < 2:
        return tf.constant(pylist, dtype=dtype)
    lengths = [len(row) for row in pylist]
    flat = pylist
    for _ in range(depth - 1):
        flat = [item for inner in flat for item in inner]
    return RaggedTensor(tf.constant(flat, dtype=dtype), [len(pylist)] + [None] * (depth - 1), depth - 1, lengths,
                        row_splits_dtype)


def _listed(inputs):
    if not isinstance(inputs, (list, tuple)):
        raise TypeError("Inputs must be a list")


def _rows(values):
    values = tf.convert_to_tensor(values) if isinstance(values, (list, tuple)) else values
    return values.shape[0]


def cross(inputs, name=None):
    _listed(inputs)
    return RaggedTensor(made("string", [None]), [_rows(inputs[0]), None])


def cross_hashed(inputs, num_buckets=0, hash_key=None, name=None):
    _listed(inputs)
    return RaggedTensor(made("int64", [None]), [_rows(inputs[0]), None])


def map_flat_values(op, *args, **kwargs):
    ragged = [value for value in list(args) + list(kwargs.values()) if isinstance(value, RaggedTensor)]
    if not ragged:
        return op(*args, **kwargs)

    def inner(value):
        return value.flat_values if isinstance(value, RaggedTensor) else value

    flat = op(*[inner(value) for value in args], **{key: inner(value) for key, value in kwargs.items()})
    return ragged[0].with_flat_values(flat)


def ragged_range(starts, limits=None, deltas=1, dtype=None, name=None, row_splits_dtype=tf.int64):
    if limits is None:
        starts, limits = 0, starts
    parts = [tf.convert_to_tensor(part, dtype=dtype) for part in (starts, limits)]
    rows = 1
    for part in parts + [tf.convert_to_tensor(deltas)]:
        check_rank_at_most(part, 1)
        rows = part.shape[0] if len(part.shape) == 1 else rows
    kind = parts[1].dtype if parts[0].dtype == tf.int32 else parts[0].dtype
    return RaggedTensor(made(kind, [None]), [rows, None])


def _integral(tensor, name):
    """`tensorflow/python/ops/ragged/ragged_util.py: convert_to_int_tensor`."""
    if not tensor.dtype.is_integer:
        raise TypeError(f"Argument `tensor` (name: {name}) must be of type integer. Received `tensor` = {tensor} of dtype: "
                        f"{tensor.dtype!r}")


def row_splits_to_segment_ids(splits, name=None, out_type=None):
    splits = tf.convert_to_tensor(splits, dtype=None if is_tf_tensor(splits) else tf.int64)
    if splits.dtype not in (tf.int32, tf.int64):
        raise ValueError("splits must have dtype int32 or int64")
    splits.shape.assert_has_rank(1)
    return made(out_type or splits.dtype, [None])


def segment_ids_to_row_splits(segment_ids, num_segments=None, out_type=None, name=None):
    known = _numbers(segment_ids) and segment_ids
    ids = tf.convert_to_tensor(segment_ids, dtype=None if is_tf_tensor(segment_ids) else tf.int64)
    _integral(ids, "segment_ids")
    ids.shape.assert_has_rank(1)
    if num_segments is not None:
        return made(out_type or ids.dtype, [num_segments + 1 if isinstance(num_segments, int) else None])
    return made(out_type or ids.dtype, [segment_ids[-1] + 2 if known else None])


def ragged_stack(values, axis=0, name=None):
    if not isinstance(values, (list, tuple)):
        values = [values]
    if not values:
        raise ValueError("rt_inputs may not be empty.")
    if any(isinstance(value, RaggedTensor) for value in values):
        return _stack(values, axis)
    values = [tf.convert_to_tensor(value) for value in values]
    rank = len(values[0].shape)
    if axis not in (0, 1) or not is_known(rank) or rank < 1 + axis:
        return unknown()
    rest = [list(value.shape)[2:] for value in values]
    for one in rest[1:]:
        same_shape(rest[0], one)
    flat = made(values[0].dtype, [None] + rest[0], *values)
    if axis == 0:
        return RaggedTensor(flat, [len(values)] + [None] * min(rank, 2) + rest[0], min(rank, 2))
    return RaggedTensor(flat, [values[0].shape[0], None, None] + rest[0], 2)


def stack_dynamic_partitions(data, partitions, num_partitions, name=None):
    data, partitions = tf.convert_to_tensor(data), tf.convert_to_tensor(partitions)
    tf.convert_to_tensor(num_partitions).shape.assert_has_rank(0)
    rank = len(partitions.shape)
    partitions.shape.assert_is_compatible_with(data.shape[:rank])
    count = num_partitions if isinstance(num_partitions, int) else None
    return RaggedTensor(_part(data, rank - 1), [count, None] + list(data.shape)[rank:])


def _rows_of(text, dtype, kernel="UnicodeDecodeWithOffsets"):
    """A row of parts for each text; of a single text a plain tensor."""
    if not isinstance(text, RaggedTensor):
        text = inputs_of(kernel, text)[0] if kernel else tf.convert_to_tensor(text, dtype=tf.string)
    shape = list(text.shape) + [None]
    if isinstance(text, RaggedTensor):
        return RaggedTensor(made(dtype, [None]), shape, text.ragged_rank + 1)
    if not is_known(len(shape)):
        return unknown()
    if len(shape) == 1:
        return made(dtype, [None])
    return RaggedTensor(made(dtype, [None]), shape, len(shape) - 1)


def _parted(text, parts_of, kind=tf.string):
    """The parts of each text, where they are known: of texts that are written out, and of all in a run."""
    if is_traced() or isinstance(text, RaggedTensor):
        return None
    single = isinstance(text, str)
    if not is_carried_out():
        texts = [text] if single else text
        if not isinstance(texts, list) or not is_known(texts) or not all(isinstance(one, str) for one in texts):
            return None
    else:
        text = tf.convert_to_tensor(text)
        if not is_known(text) or not is_known(len(text.shape)) or len(text.shape) > 1:
            return None
        single = len(text.shape) == 0
        texts = [text.numpy()] if single else text.numpy().tolist()
    rows = [parts_of(part.decode() if isinstance(part, bytes) else part) for part in texts]
    if None in rows:
        return None
    flat = [part for row in rows for part in row]
    flat = tf.constant(flat, dtype=kind) if flat else tf.zeros([0], tf.int32) if kind == tf.int32 else tf.constant([], kind)
    return flat if single else RaggedTensor(flat, [len(rows), None], 1, [len(row) for row in rows])


def _encoding(name):
    if not isinstance(name, str):
        raise TypeError(f"Expected string for argument 'input_encoding' not {name!r}.")


def strings_split(input, sep=None, maxsplit=-1, name=None):
    told = _parted(input, lambda text: text.split(sep or None, maxsplit))
    if told is not None and (sep is None or isinstance(sep, str)):
        return told
    parts = _rows_of(input, "string", None)
    # Of texts that are no constants even their number is read off the parts.
    if isinstance(parts, RaggedTensor) and parts.ragged_rank == 1 and is_tf_tensor(input) and is_traced():
        return RaggedTensor(parts.flat_values, [None, None])
    return parts


def bytes_split(input, name=None):
    told = _parted(input, lambda text: list(text) if text.isascii() else None)
    return _rows_of(input, "string", "StringSplit") if told is None else told


def unicode_decode(input, input_encoding, errors="replace", replacement_char=65533, replace_control_characters=False,
                   name=None):
    _encoding(input_encoding)
    told = _parted(input, lambda text: [ord(letter) for letter in text], tf.int32) if input_encoding == "UTF-8" else None
    return _rows_of(input, "int32") if told is None else told


def unicode_split(input, input_encoding, errors="replace", replacement_char=65533, name=None):
    _encoding(input_encoding)
    told = _parted(input, list) if input_encoding == "UTF-8" else None
    return _rows_of(input, "string") if told is None else told


def unicode_decode_with_offsets(input, input_encoding, errors="replace", replacement_char=65533,
                                replace_control_characters=False, name=None):
    _encoding(input_encoding)
    return _rows_of(input, "int32"), _rows_of(input, "int64")


def unicode_split_with_offsets(input, input_encoding, errors="replace", replacement_char=65533, name=None):
    _encoding(input_encoding)
    return _rows_of(input, "string"), _rows_of(input, "int64")


def ngrams(data, ngram_width, separator=" ", pad_values=None, padding_width=None, preserve_short_sequences=False,
           name=None):
    data = data if isinstance(data, RaggedTensor) else tf.convert_to_tensor(data, dtype=tf.string)
    shape = list(data.shape)
    if not is_known(len(shape)):
        return unknown()
    if not shape:
        raise ValueError("Data must have rank>0")
    if isinstance(data, RaggedTensor):
        return RaggedTensor(made("string", [None]), shape[:-1] + [None], len(shape) - 1)
    return made("string", shape[:-1] + [None])
