"""Functions of `keras.ops` that are Python above its other functions (`keras/src/ops/{core,einops,linalg,math,nn}.py`,
`keras/src/backend/tensorflow/{core,linalg,math,nn}.py`, `keras/src/backend/common/backend_utils.py`)."""

import keras
import numpy as np
import tensorflow as tf

ops = keras.ops


def _pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def _ranked(x, rank):
    if is_known(len(x.shape)) and len(x.shape) != rank:
        raise ValueError(f"Input must be a {rank}D tensor. Received: input.shape={x.shape}")
    return is_known(len(x.shape))


def _windows(size, kernel, dilation, padding, stride):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    if not _ranked(x, 4):
        return unknown()
    kernel, dilation, padding, stride = _pair(kernel_size), _pair(dilation), _pair(padding), _pair(stride)
    batch, channels = x.shape[0], x.shape[1]
    if is_symbolic(x):
        rows, columns = [_windows(*given) for given in zip(x.shape[2:], kernel, dilation, padding, stride)]
        return made(x.dtype, [batch, channels * kernel[0] * kernel[1], rows * columns], x)
    if any(size > 0 for size in padding):
        x = tf.pad(x, [[0, 0], [0, 0], [padding[0]] * 2, [padding[1]] * 2])
    patches = tf.image.extract_patches(tf.transpose(x, [0, 2, 3, 1]), [1, *kernel, 1], [1, *stride, 1], [1, *dilation, 1],
                                       "VALID")
    batch, rows, columns = patches.shape[0], patches.shape[1], patches.shape[2]
    patches = tf.reshape(patches, [batch, rows, columns, kernel[0], kernel[1], channels])
    patches = tf.transpose(patches, [0, 5, 3, 4, 1, 2])
    return tf.reshape(patches, [batch, channels * kernel[0] * kernel[1], rows * columns])


def fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    if not _ranked(x, 3):
        return unknown()
    kernel, size = _pair(kernel_size), _pair(output_size)
    depth, area = x.shape[1], kernel[0] * kernel[1]
    if is_symbolic(x):
        if depth is not None and depth % area != 0:
            raise ValueError(f"The second dimension of the input ({depth}) must be divisible by kernel_size product ({area}).")
        return made(x.dtype, [x.shape[0], None if depth is None else depth // area, *size], x)
    dilation, padding, stride = _pair(dilation), _pair(padding), _pair(stride)
    channels = depth // area
    counts = [_windows(*given) for given in zip(size, kernel, dilation, padding, stride)]
    x = tf.reshape(x, [tf.shape(x)[0], channels, *kernel, *counts])
    padded = [size[0] + 2 * padding[0], size[1] + 2 * padding[1]]

    def gathered(one):
        total = tf.zeros([channels, *padded], dtype=x.dtype)
        for row in range(kernel[0]):
            for column in range(kernel[1]):
                rows = tf.range(counts[0]) * stride[0] + row * dilation[0]
                columns = tf.range(counts[1]) * stride[1] + column * dilation[1]
                places = tf.meshgrid(tf.range(channels), rows, columns, indexing="ij")
                places = tf.stack([tf.reshape(place, [-1]) for place in places], axis=1)
                total = tf.tensor_scatter_nd_add(total, places, tf.reshape(one[:, row, column], [-1]))
        return total

    result = tf.vectorized_map(gathered, x)
    if padding[0] > 0 or padding[1] > 0:
        result = result[:, :, padding[0]:padded[0] - padding[0], padding[1]:padded[1] - padding[1]]
    return result


def _along(x, axis, start, stop, step=1):
    if axis >= 0:
        return x[(slice(None),) * axis + (slice(start, stop, step),)]
    return x[(Ellipsis, slice(start, stop, step)) + (slice(None),) * (-1 - axis)]


def associative_scan(f, elems, reverse=False, axis=0):
    if is_symbolic(elems):
        return unknown()
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    flat = [tf.convert_to_tensor(elem) for elem in tf.nest.flatten(elems)]
    if reverse:
        flat = [tf.reverse(elem, [axis]) for elem in flat]
    if not all(is_known(len(elem.shape)) for elem in flat):
        return unknown()
    counts = [ops.shape(elem)[axis] for elem in flat]
    if not all(count == counts[0] for count in counts[1:]):
        raise ValueError("Array inputs to associative_scan must have the same first dimension. (saw: "
                         f"{[tf.shape(elem) for elem in flat]})")

    def combine(left, right):
        return tf.nest.flatten(f(tf.nest.pack_sequence_as(elems, left), tf.nest.pack_sequence_as(elems, right)))

    def level(parts):
        # The function is applied to neighbours first; what they give is scanned, and the rest lies between.
        size = parts[0].shape[axis]
        if size is not None and size < 2:
            return parts
        halves = [[_along(part, axis, first, last, 2) for part in parts] for first, last in ((0, -1), (1, None))]
        odd = combine(*halves)
        first = [_along(part, axis, 0, 1) for part in parts]
        if size is not None and is_known(size):
            if size == 2:
                return [tf.concat(both, axis=axis) for both in zip(first, odd)]
            if size == 3:
                last = combine(odd, [_along(part, axis, 2, 3) for part in parts])
                return [tf.concat(all_three, axis=axis) for all_three in zip(first, odd, last)]
        if is_traced():
            # Where to interleave is computed by a condition on tensors, which nothing is known of.
            return [made(part.dtype, tf.TensorShape(None), *parts) for part in odd]
        if size is None or not is_known(size):
            return [made(part.dtype, part.shape, *parts) for part in odd]
        odd = level(odd)
        left = [_along(part, axis, 0, -1) for part in odd] if size % 2 == 0 else odd
        even = combine(left, [_along(part, axis, 2, None, 2) for part in parts])
        even = [tf.concat(both, axis=axis) for both in zip(first, even)]
        return [_interleaved(*both, axis) for both in zip(even, odd)]

    scanned = level(flat)
    if reverse:
        scanned = [tf.reverse(elem, [axis]) for elem in scanned]
    return tf.nest.pack_sequence_as(elems, scanned)


def _interleaved(even, odd, axis):
    both = []
    for at in range(even.shape[axis]):
        both.append(_along(even, axis, at, at + 1))
        if at < odd.shape[axis]:
            both.append(_along(odd, axis, at, at + 1))
    return tf.concat(both, axis=axis)


def _axes(pattern):
    """The axes of one side of a pattern: names, and groups in parentheses."""
    axes, word, group = [], "", None
    for letter in pattern + " ":
        if group is not None:
            group += letter
            if letter == ")":
                axes.append(group)
                group = None
        elif letter.isalnum() or letter == "_":
            word += letter
        else:
            if word:
                axes.append(word)
            word, group = "", "(" if letter == "(" else None
    return axes


def _names(axis):
    return axis[1:-1].split() if axis.startswith("(") else [axis]


def rearrange(tensor, pattern, **axes_lengths):
    given, wanted = [side.strip() for side in pattern.split("->")]
    given, wanted = _axes(given), _axes(wanted)
    sizes = {}
    for axis, size in zip(given, ops.shape(tensor)):
        if axis.startswith("("):
            inner = _names(axis)
            inferred = [name for name in inner if name not in axes_lengths]
            if inferred:
                known = 1
                for name in inner:
                    known = known * axes_lengths.get(name, 1)
                if not is_known(size) and not is_tf_tensor(size):
                    return unknown()
                axes_lengths[inferred[0]] = size // known
            for name in inner:
                sizes[name] = axes_lengths[name]
        else:
            sizes[axis] = size
    groups = [_names(axis) for axis in wanted]
    if is_symbolic(tensor):
        return made(tensor.dtype, [_product(sizes, names) for names in groups], tensor)
    order = [name for axis in given for name in _names(axis)]
    tensor = ops.reshape(tensor, [sizes[name] for name in order])
    tensor = ops.transpose(tensor, [order.index(name) for names in groups for name in names])
    return ops.reshape(tensor, tuple(_product(sizes, names) for names in groups))


def _product(sizes, names):
    size = 1
    for name in names:
        size = None if sizes[name] is None else size * sizes[name]
    return size


def slice_update(inputs, start_indices, updates):
    if is_symbolic((inputs, start_indices, updates)):
        return made(inputs.dtype, inputs.shape, inputs, updates)
    inputs = tf.convert_to_tensor(inputs)
    updates, start = tf.convert_to_tensor(updates, dtype=inputs.dtype), tf.convert_to_tensor(start_indices)
    if not is_traced():
        rank, count = len(inputs.shape), len(start.shape)
        if is_known(rank) and is_known(count):
            if count != 1 or start.shape[0] != rank:
                raise tf.errors.InvalidArgumentError(None, None, "index must be a vector with length equal to the number "
                                                     "of input dimensions")
        if is_carried_out():
            return _placed(inputs, updates, start.numpy())
    return made(inputs.dtype, inputs.shape, inputs, updates, slope=False)


def _placed(inputs, updates, start):
    """The inputs with updates in them, moved to where they fit (`XlaDynamicUpdateSlice`); it has no gradient."""
    sizes, whole = updates.shape, inputs.shape
    start = [max(0, min(int(at), n - size)) for at, n, size in zip(start, whole, sizes)]
    around = [[at, n - at - size] for at, n, size in zip(start, whole, sizes)]

    @tf.custom_gradient
    def placed(x, y):
        def grad(_):
            raise LookupError("gradient registry has no entry for: XlaDynamicUpdateSlice")

        return tf.where(tf.pad(tf.ones(sizes, dtype="bool"), around), tf.pad(y, around), x), grad

    return placed(inputs, updates)


def convert_to_numpy(x):
    return np.array(x)


def _window(window, length, around, dtype):
    if isinstance(window, str):
        window = tf.signal.hann_window if window == "hann" else tf.signal.hamming_window
        window = window(length, periodic=True, dtype=dtype)
    else:
        window = ops.convert_to_tensor(window, dtype=dtype)
    if len(window.shape) != 1 or window.shape[-1] != length:
        raise ValueError("The shape of `window` must be equal to [sequence_length].Received: window "
                         f"shape={window.shape}")
    return tf.pad(window, [around])


def istft(x, sequence_length, sequence_stride, fft_length, length=None, window="hann", center=True):
    if not isinstance(sequence_stride, int) or sequence_stride <= 0:
        raise ValueError(f"`sequence_stride` must be a positive integer. Received: sequence_stride={sequence_stride}")
    x = x or ()
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        space = " " if is_symbolic(x) else ""
        raise ValueError(f"Input `x` should be a tuple of two tensors - real and imaginary.{space}Received: x={x}")
    if is_symbolic(x):
        return _symbolic_istft(x, sequence_stride, fft_length, length, center)
    real, imaginary = ops.convert_to_tensor(x[0]), ops.convert_to_tensor(x[1])
    if real.shape != imaginary.shape:
        raise ValueError("Input `x` should be a tuple of two tensors - real and imaginary.Both the real and imaginary parts "
                         f"should have the same shape. Received: x[0].shape = {real.shape}, x[1].shape = {imaginary.shape}")
    if not real.dtype.is_floating or not imaginary.dtype.is_floating:
        raise ValueError(f"At least one tensor in input `x` is not of type float.Received: x={x}.")
    spectrum = tf.dtypes.complex(real, imaginary)
    whole = fft_length + sequence_stride * (tf.shape(spectrum)[-2] - 1)
    before = (fft_length - sequence_length) // 2
    around = [before, fft_length - sequence_length - before]
    inverse = None
    if window is not None:
        padded = _window(window, sequence_length, around, real.dtype)
        inverse = tf.signal.inverse_stft_window_fn(sequence_stride, lambda frame_step, dtype: padded)
    signal = tf.signal.inverse_stft(spectrum, fft_length, sequence_stride, fft_length=fft_length, window_fn=inverse)
    start = fft_length // 2 if center else 0
    if length is not None:
        return signal[..., start:start + length]
    return signal[..., start:-(fft_length // 2) if center else whole]


def _symbolic_istft(x, stride, fft_length, length, center):
    real, imaginary = x
    if tuple(real.shape) != tuple(imaginary.shape):
        raise ValueError("Input `x` should be a tuple of two tensors - real and imaginary. Both the real and imaginary parts "
                         f"should have the same shape. Received: x[0].shape = {real.shape}, x[1].shape = {imaginary.shape}")
    if len(real.shape) < 2:
        raise ValueError(f"Input should have rank >= 2. Received: input.shape = {real.shape}")
    frames = real.shape[-2]
    size = length
    if length is None and frames is not None:
        size = (frames - 1) * stride + fft_length - (fft_length // 2 * 2 if center else 0)
    return made(real.dtype, [*real.shape[:-2], size], real, imaginary)


def jvp(fun, primals, tangents, has_aux=False):
    if is_symbolic((primals, tangents)):
        return unknown()
    flat = tf.nest.flatten(primals)
    tangents = [tf.cast(tangent, primal.dtype) for tangent, primal in zip(tf.nest.flatten(tangents), flat)]
    if has_aux:
        values, more = fun(*primals)
    else:
        values, more = fun(*primals), None
    slopes = tf.nest.map_structure(lambda value: made(value.dtype, value.shape, *flat, *tangents), values)
    return (values, slopes, more) if has_aux else (values, slopes)


def _core_axes(signature):
    """The axes of the arguments and of the results: `"(m,n),(n)->(m)"`."""
    sides = []
    for side in signature.replace(" ", "").split("->"):
        parts = side[1:-1].split("),(")
        sides.append([tuple(name for name in part.split(",") if name) for part in parts])
    return sides


def vectorize(pyfunc, *, excluded=None, signature=None):
    if not callable(pyfunc):
        raise ValueError(f"Expected argument `pyfunc` to be a callable. Received: pyfunc={pyfunc}")

    def wrapped(*args, **kwargs):
        if kwargs or any(arg is None for arg in args):
            return unknown()
        cores = [()] * len(args) if signature is None else _core_axes(signature)[0]
        if len(cores) != len(args):
            raise TypeError(f"wrong number of positional arguments: expected {len(cores)}, got {len(args)}")
        tensors = [ops.convert_to_tensor(arg) for arg in args]
        if not all(is_known(len(tensor.shape)) for tensor in tensors):
            return unknown()
        sizes, outer = {}, []
        for tensor, core in zip(tensors, cores):
            shape = tuple(tensor.shape)
            count = len(shape) - len(core)
            if count < 0:
                raise ValueError(f"input with shape {shape} does not have enough dimensions for all core dimensions ({core})")
            for name, size in zip(core, shape[count:]):
                if sizes.setdefault(name, size) != size:
                    raise ValueError(f"inconsistent size for core dimension {name}: {size} vs {sizes[name]}")
            outer.append(shape[:count])
        rank = max(len(shape) for shape in outer)
        squeezed, ones = [], []
        for tensor, shape in zip(tensors, outer):
            one = tuple(axis for axis, size in enumerate(shape) if size == 1)
            squeezed.append(ops.squeeze(tensor, axis=one) if one else tensor)
            ones.append((1,) * (rank - len(shape)) + shape)
        spread = [axis for axis in range(rank) if any(shape[axis] != 1 for shape in ones)]
        if spread:
            # The backend maps over one axis at a time, and is asked in a way that it does not know.
            raise ValueError("Not supported with `vectorize()` with the TensorFlow backend.")
        result = pyfunc(*squeezed)
        _check_results(result, signature, sizes)
        if not rank:
            return result
        axes = list(range(rank - 1, -1, -1))
        if isinstance(result, tuple):
            return tuple(ops.expand_dims(part, axis=axes) for part in result)
        return ops.expand_dims(result, axis=axes)

    return wrapped


def _check_results(result, signature, sizes):
    given = list(result) if isinstance(result, (list, tuple)) else [result]
    cores = [()] * len(given) if signature is None else _core_axes(signature)[1]
    if len(cores) > 1 and not isinstance(result, tuple):
        raise TypeError(f"output must be a tuple when multiple outputs are expected, got: {result}")
    if len(given) != len(cores):
        raise TypeError(f"wrong number of output arguments: expected {len(cores)}, got {len(given)}")
    for part, core in zip(given, cores):
        shape = ops.shape(part)
        if len(shape) != len(core):
            raise ValueError(f"output shape {shape} does not match core dimensions {core}")
        for name, size in zip(core, shape):
            if sizes.get(name, size) != size:
                raise ValueError(f"inconsistent size for core dimension {name}: {size} vs {sizes[name]}")
