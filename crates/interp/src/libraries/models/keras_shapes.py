"""What `compute_output_shape` of Keras 2's layers answers, which looks at less than a call does and builds nothing
(`tf_keras/src/layers/*/*.py`, `tf_keras/src/utils/conv_utils.py: conv_output_length`), and the first states of cells
(`keras/src/layers/rnn/*.py`, `tf_keras/src/layers/rnn/rnn_utils.py`)."""

import tensorflow as tf


def output_signature(layer, signature):
    """What Keras 2's base class answers for the spec of one tensor."""
    shape = layer.compute_output_shape(signature.shape)
    if isinstance(shape, (list, tuple)):
        return unknown()
    return tf.TensorSpec(shape, dtype=layer.compute_dtype)


def attention_shape(own, query, value, key):
    if own is not None:
        own = (own,) if isinstance(own, int) else tuple(own)
    if KERAS == 3:
        query, value = tuple(query), tuple(value)
        key = value if key is None else tuple(key)
        if value[1:-1] != key[1:-1]:
            raise ValueError(
                "All dimensions of `value` and `key`, except the last one, must be equal. Received: "
                f"value_shape={value} and key_shape={key}"
            )
        return query[:-1] + own if own else query
    query, value = tf.TensorShape(query), tf.TensorShape(value)
    key = value if key is None else tf.TensorShape(key)
    if query[-1] != value[-1]:
        raise ValueError(
            f"The last dimension of `query_shape` and `value_shape` must be equal, but are {query[-1]}, {value[-1]}. "
            "Received: query_shape={query_shape}, value_shape={value_shape}"
        )
    if value[1:-1] != key[1:-1]:
        raise ValueError(
            f"All dimensions of `value` and `key`, except the last one, must be equal. Received {value} and {key}"
        )
    return query[:-1].concatenate(own) if own else query


def initial_state(cell, name, inputs, batch_size, dtype):
    count = 2 if name == "LSTMCell" else 1
    if KERAS == 3:
        return [tf.zeros((batch_size, cell.units), dtype=cell.compute_dtype) for _ in range(count)]
    if inputs is not None:
        batch_size, dtype = tf.shape(inputs)[0], inputs.dtype
    if batch_size is None or dtype is None:
        raise ValueError(
            "batch_size and dtype cannot be None while constructing initial state. Received: "
            f"batch_size={batch_size}, dtype={dtype}"
        )
    states = [tf.zeros([batch_size, cell.units], dtype=dtype) for _ in range(count)]
    return states if name == "LSTMCell" else states[0]


def recurrent_state(layer, name, inputs, batch_size):
    """Zeros for each of a layer's states: of a batch's size, or as many as the inputs have rows."""
    if KERAS == 2:
        rows = tf.shape(inputs)
        batch_size, dtype = rows[1] if layer.time_major else rows[0], inputs.dtype
    else:
        dtype = layer.compute_dtype
    return [tf.zeros((batch_size, layer.units), dtype=dtype) for _ in range(2 if name == "LSTM" else 1)]


def output_shape(layer, name, shape):
    """The shape by the class's own formula; None where it has none."""
    return FORMULAS[name](layer, shape) if name in FORMULAS else None


def _dims(shape):
    return tf.TensorShape((shape,) if isinstance(shape, int) else shape).as_list()


def _at(sizes, i):
    return sizes[i] if isinstance(sizes, (tuple, list)) else sizes


def _length(length, size, padding, stride, dilation=1):
    if length is None:
        return None
    if padding == "valid":
        length = length - (size + (size - 1) * (dilation - 1)) + 1
    return (length + stride - 1) // stride


def _first(layer):
    return layer.data_format == "channels_first"


def _spatial(layer, dims, rank):
    """The places of the spatial axes, of a batch and channels."""
    return range(2, rank + 2) if _first(layer) else range(1, rank + 1)


def _conv(layer, shape):
    dims = _dims(shape)
    batch = len(dims) - len(layer.kernel_size) - 1

    def lengths(sizes):
        return [
            _length(size, layer.kernel_size[i], layer.padding, layer.strides[i], layer.dilation_rate[i])
            for i, size in enumerate(sizes)
        ]

    try:
        if _first(layer):
            return tf.TensorShape(dims[:batch] + [layer.filters] + lengths(dims[batch + 1 :]))
        return tf.TensorShape(dims[:batch] + lengths(dims[batch:-1]) + [layer.filters])
    except ValueError:
        raise ValueError(
            f"One of the dimensions in the output is <= 0 due to downsampling in {layer.name}. Consider increasing "
            f"the input size. Received input shape {dims} which would produce output shape with a zero or negative "
            "value in a dimension."
        )


def _depthwise(layer, shape):
    dims = _dims(shape)
    channels = 1 if _first(layer) else len(layer.kernel_size) + 1
    dims[channels] = dims[channels] * layer.depth_multiplier
    for i, at in enumerate(_spatial(layer, dims, len(layer.kernel_size))):
        dims[at] = _length(
            dims[at], layer.kernel_size[i], layer.padding, layer.strides[i], layer.dilation_rate[i]
        )
    return tf.TensorShape(dims)


def _pooling(rank):
    def formula(layer, shape):
        dims = _dims(shape)
        for i, at in enumerate(_spatial(layer, dims, rank)):
            strides = layer.pool_size if layer.strides is None else layer.strides
            dims[at] = _length(dims[at], _at(layer.pool_size, i), layer.padding, _at(strides, i))
        return tf.TensorShape(dims[: rank + 2])

    return formula


def _global(rank):
    def formula(layer, shape):
        dims = _dims(shape)
        channels = dims[1] if _first(layer) else dims[rank + 1]
        ones = [1] * rank if layer.keepdims else []
        return tf.TensorShape([dims[0], channels] + ones if _first(layer) else [dims[0]] + ones + [channels])

    return formula


def _upsampling(rank):
    def formula(layer, shape):
        dims = _dims(shape)
        places = range(1, 2) if rank == 1 else _spatial(layer, dims, rank)
        for i, at in enumerate(places):
            dims[at] = None if dims[at] is None else dims[at] * _at(layer.size, i)
        return tf.TensorShape(dims[: rank + 2])

    return formula


def _around(rank, sign):
    """Padding, or with a negative sign cropping."""

    def formula(layer, shape):
        dims = _dims(shape)
        amounts = layer.padding if sign > 0 else layer.cropping
        if rank == 1:
            amounts, places = (amounts,), range(1, 2)
        else:
            places = _spatial(layer, dims, rank)
        for i, at in enumerate(places):
            known = dims[at] is not None if sign > 0 or rank == 1 else dims[at]
            dims[at] = dims[at] + sign * (amounts[i][0] + amounts[i][1]) if known else None
        return tf.TensorShape(dims[: rank + 2])

    return formula


def _flatten(layer, shape):
    dims = _dims(shape)
    if not dims:
        return tf.TensorShape([1])
    size = 1
    for dim in dims[1:]:
        size = None if size is None or not dim else size * dim
    return tf.TensorShape([dims[0], size])


def _reshape(layer, shape):
    dims, target = _dims(shape), layer.target_shape
    if None in dims[1:]:
        return tf.TensorShape(dims[:1] + [None if size == -1 else size for size in target])
    text = f"total size of new array must be unchanged, input_shape = {dims[1:]}, output_shape = {list(target)}"
    known, unknown_at = 1, None
    for at, size in enumerate(target):
        if size < 0:
            if unknown_at is not None:
                raise ValueError(
                    "There must be at most one unknown dimension in output_shape. Received: "
                    f"output_shape={list(target)}."
                )
            unknown_at = at
        else:
            known = known * size
    original = 1
    for size in dims[1:]:
        original = original * size
    sizes = list(target)
    if unknown_at is not None:
        if known == 0 or original % known != 0:
            raise ValueError(text)
        sizes[unknown_at] = original // known
    elif original != known:
        raise ValueError(text)
    return tf.TensorShape(dims[:1] + sizes)


def _permute(layer, shape):
    dims = _dims(shape)
    moved = list(dims)
    for i, axis in enumerate(layer.dims):
        moved[i + 1] = dims[axis]
    return tf.TensorShape(moved)


def _repeat(layer, shape):
    dims = _dims(shape)
    return tf.TensorShape([dims[0], layer.n, dims[1]])


def _dense(layer, shape):
    refusal = "The last dimension of the input shape of a Dense layer should be defined. Found None. Received: "
    if shape is None:
        raise ValueError(f"{refusal}input_shape=<unknown>")
    dims = _dims(shape)
    if len(dims) < 2:
        raise ValueError(f"Shape {tf.TensorShape(dims)} must have rank at least 2")
    if dims[-1] is None:
        raise ValueError(f"{refusal}input_shape={tf.TensorShape(dims)}")
    return tf.TensorShape(dims[:-1] + [layer.units])


def _recurrent(states):
    def formula(layer, shape):
        if isinstance(shape, list):
            shape = shape[0]
        if shape is None:
            batch, steps = None, None
        else:
            dims = _dims(shape)
            batch, steps = dims[0], dims[1]
        if layer.time_major:
            batch, steps = steps, batch
        if not layer.return_sequences:
            output = tf.TensorShape([batch, layer.units])
        elif layer.time_major:
            output = tf.TensorShape([steps, batch, layer.units])
        else:
            output = tf.TensorShape([batch, steps, layer.units])
        if not layer.return_state:
            return output
        return [output] + [tf.TensorShape([batch, layer.units])] * states

    return formula


def _pairs(shapes):
    """Shapes as tuples, as a decorator makes them."""
    if isinstance(shapes, tf.TensorShape):
        return tuple(shapes.as_list())
    if isinstance(shapes, (list, tuple)) and any(isinstance(s, (list, tuple, tf.TensorShape)) for s in shapes):
        return [tuple(s.as_list()) if isinstance(s, tf.TensorShape) else s for s in shapes]
    return shapes


def _joined(one, other):
    if one is None or other is None:
        return None
    if len(one) < len(other):
        return _joined(other, one)
    if not other:
        return one
    sizes = list(one[: -len(other)])
    for i, j in zip(one[-len(other) :], other):
        if i is None or j is None:
            sizes.append(None)
        elif i == 1:
            sizes.append(j)
        elif j == 1 or i == j:
            sizes.append(i)
        else:
            raise ValueError(f"Inputs have incompatible shapes. Received shapes {one} and {other}")
    return tuple(sizes)


def _merge(layer, shapes):
    shapes = _pairs(shapes)
    output = None if shapes[0] is None else shapes[0][1:]
    for shape in shapes[1:]:
        output = _joined(output, None if shape is None else shape[1:])
    batches = {shape[0] for shape in shapes if shape is not None} - {None}
    batch = list(batches)[0] if len(batches) == 1 else None
    return tf.TensorShape((batch,) + tuple(output))


def _concatenate(layer, shapes):
    shapes = _pairs(shapes)
    if not isinstance(shapes, (tuple, list)) or not isinstance(shapes[0], (tuple, list)):
        raise ValueError(
            f"A `Concatenate` layer should be called on a list of inputs. Received: input_shape={shapes}"
        )
    output = list(shapes[0])
    for shape in shapes[1:]:
        if output[layer.axis] is None or shape[layer.axis] is None:
            output[layer.axis] = None
            break
        output[layer.axis] = output[layer.axis] + shape[layer.axis]
    return tf.TensorShape(output)


FORMULAS = {
    "Conv1D": _conv,
    "Conv2D": _conv,
    "Conv3D": _conv,
    "SeparableConv1D": _conv,
    "SeparableConv2D": _conv,
    "DepthwiseConv1D": _depthwise,
    "DepthwiseConv2D": _depthwise,
    "MaxPooling1D": _pooling(1),
    "MaxPooling2D": _pooling(2),
    "MaxPooling3D": _pooling(3),
    "AveragePooling1D": _pooling(1),
    "AveragePooling2D": _pooling(2),
    "AveragePooling3D": _pooling(3),
    "GlobalMaxPooling1D": _global(1),
    "GlobalMaxPooling2D": _global(2),
    "GlobalMaxPooling3D": _global(3),
    "GlobalAveragePooling1D": _global(1),
    "GlobalAveragePooling2D": _global(2),
    "GlobalAveragePooling3D": _global(3),
    "UpSampling1D": _upsampling(1),
    "UpSampling2D": _upsampling(2),
    "UpSampling3D": _upsampling(3),
    "ZeroPadding1D": _around(1, 1),
    "ZeroPadding2D": _around(2, 1),
    "ZeroPadding3D": _around(3, 1),
    "Cropping1D": _around(1, -1),
    "Cropping2D": _around(2, -1),
    "Cropping3D": _around(3, -1),
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    "RepeatVector": _repeat,
    "Dense": _dense,
    "SimpleRNN": _recurrent(1),
    "GRU": _recurrent(1),
    "LSTM": _recurrent(2),
    "Add": _merge,
    "Subtract": _merge,
    "Multiply": _merge,
    "Average": _merge,
    "Maximum": _merge,
    "Minimum": _merge,
    "Concatenate": _concatenate,
}
