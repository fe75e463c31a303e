"""Fourier transforms over several axes, and windows (`tensorflow/python/ops/signal/{fft_ops,window_ops}.py`)."""

import tensorflow as tf


def _transform(dtype, shape):
    """The kernels stand in the registry, but no device of a usual build has them."""
    if not is_traced():
        raise tf.errors.NotFoundError(None, None, "Could not find device for node: {{node FFTND}}")
    return made(dtype, shape)


def _complex(input):
    """The kernels take nothing else; where they cannot run at all, that comes first."""
    if is_traced() and input.dtype not in (tf.complex64, tf.complex128):
        raise TypeError(f"Value passed to parameter 'input' has DataType {input.dtype.name} not in list of allowed values: "
                        "complex64, complex128")


def _of_dtype(input, allowed, words):
    input = tf.convert_to_tensor(input)
    if input.dtype not in allowed:
        raise ValueError(f"{words}, got: {input}")
    return input


def _known(sizes):
    return all(size is not None and is_known(size) for size in sizes)


def _padded(input, lengths, axes, halved):
    """The shape of an input that is padded to the lengths of a transform along its last axes."""
    shape = list(input.shape)
    rank = len(shape)
    count = rank if axes is None else len(axes)
    input.shape.with_rank_at_least(count)
    if lengths is None and _known(shape):
        lengths = shape[:-1] + [max(0, 2 * (shape[-1] - 1))] if halved else shape
    if lengths is not None:
        if not isinstance(lengths, (list, tuple)):
            return [None] * rank
        inner = shape[rank - len(lengths):]
        if _known(inner):
            wanted = list(lengths[:-1]) + [lengths[-1] // 2 + 1] if halved else list(lengths)
            return shape[:rank - len(lengths)] + [max(size, least) for size, least in zip(inner, wanted)]
    given = rank if lengths is None else len(lengths)
    if given != count:
        if count == 1:
            refuse(f"Shape must be rank {rank - 1 + given} but is rank {rank}")
        refuse(f"Dimensions must be equal, but are {given} and {count}")
    return [None] * rank


def fftnd(input_tensor, fft_length=None, axes=None, norm=None, name=None):
    input = tf.convert_to_tensor(input_tensor)
    shape = _padded(input, fft_length, axes, False)
    _complex(input)
    return _transform(input.dtype, shape)


def ifftnd(input_tensor, fft_length=None, axes=None, norm=None, name=None):
    return fftnd(input_tensor, fft_length, axes)


def rfftnd(input_tensor, fft_length=None, axes=None, norm=None, name=None):
    input = _of_dtype(input_tensor, (tf.float32, tf.float64), "RFFT requires tf.float32 or tf.float64 inputs")
    dtype = "complex64" if input.dtype == tf.float32 else "complex128"
    return _transform(dtype, _padded(input, fft_length, axes, False))


def irfftnd(input_tensor, fft_length=None, axes=None, norm=None, name=None):
    input = _of_dtype(input_tensor, (tf.complex64, tf.complex128), "IRFFT requires tf.complex64 or tf.complex128 inputs")
    if fft_length is None and any(size is None for size in input.shape):
        raise TypeError("Expected int32, but got None of type 'NoneType'.")
    return _transform(input.dtype.real_dtype, _padded(input, fft_length, axes, True))


def raw_fftnd(input, fft_length, axes, name=None):
    input, _, _ = inputs_of("FFTND", input, fft_length, axes)
    return _transform(input.dtype, input.shape)


def raw_rfftnd(input, fft_length, axes, Tcomplex=tf.complex64, name=None):
    input, _, _ = inputs_of("RFFTND", input, fft_length, axes)
    return _transform(Tcomplex, input.shape)


def raw_irfftnd(input, fft_length, axes, Treal=tf.float32, name=None):
    input, _, _ = inputs_of("IRFFTND", input, fft_length, axes)
    return _transform(Treal, input.shape)


def inverse_stft_window_fn(frame_step, forward_window_fn=tf.signal.hann_window, name=None):
    def inverse_stft_window_fn_inner(frame_length, dtype):
        return made(dtype, [frame_length if isinstance(frame_length, int) else None])

    return inverse_stft_window_fn_inner
