"""Functions of neural networks, images and checks that are Python above TensorFlow's kernels
(`tensorflow/python/ops/{nn_ops,nn_impl,ctc_ops,image_ops_impl,check_ops,array_ops}.py`)."""

import tensorflow as tf


def atrous_conv2d_transpose(value, filters, output_shape, rate, padding, name=None):
    value, filters = tf.convert_to_tensor(value), tf.convert_to_tensor(filters)
    for tensor in (value, filters):
        if is_known(len(tensor.shape)) and len(tensor.shape) < 4:
            raise IndexError("list index out of range")
    channels, wanted = value.shape[3], filters.shape[3]
    if is_known(channels) and is_known(wanted) and channels is not None and channels != wanted:
        raise ValueError("`value` channel count must be compatible with `filters` input channel count. Received: "
                         f"value.shape={value.shape} with channel count {channels} and filters.shape={filters.shape} with "
                         f"input channel count {wanted}.")
    if rate < 1:
        raise ValueError(f"`rate` cannot be less than one. Received: rate={rate}")
    if rate == 1:
        return tf.nn.conv2d_transpose(value, filters, output_shape, strides=[1, 1, 1, 1], padding=padding)
    if padding not in ("SAME", "VALID"):
        raise ValueError(f"`padding` must be either 'VALID' or 'SAME'. Received: padding={padding}")
    sizes = list(output_shape)
    around = [0, 0]
    if padding == "SAME":
        around = [size + (size - 1) * (rate - 1) - 1 for size in filters.shape[:2]]
    padded = [sizes[1] + around[0], sizes[2] + around[1]]
    extra = [(rate - size % rate) % rate for size in padded]
    value = tf.space_to_batch(value, [rate, rate], [[0, extra[0]], [0, extra[1]]])
    inner = [rate * rate * sizes[0], (padded[0] + extra[0]) // rate, (padded[1] + extra[1]) // rate, sizes[3]]
    value = tf.nn.conv2d_transpose(value, filters, inner, strides=[1, 1, 1, 1], padding="VALID")
    crops = [[size // 2, size - size // 2 + more] for size, more in zip(around, extra)]
    return tf.batch_to_space(value, [rate, rate], crops)


def batch_norm_with_global_normalization(input, mean, variance, beta, gamma, variance_epsilon, scale_after_normalization,
                                         name=None):
    scale = gamma if scale_after_normalization else None
    return tf.nn.batch_normalization(input, mean, variance, beta, scale, variance_epsilon)


def collapse_repeated(labels, seq_length, name=None):
    labels, seq_length = tf.convert_to_tensor(labels), tf.convert_to_tensor(seq_length)
    first, changes = tf.ones_like(labels[:, :1], tf.bool), tf.not_equal(labels[:, 1:], labels[:, :-1])
    steps = labels.shape[1] if labels.shape[1] is not None else tf.shape(labels)[1]
    tf.logical_and(tf.concat([first, changes], axis=1), tf.sequence_mask(seq_length, maxlen=steps))
    rows = labels.shape[0] if seq_length.shape[0] is None else seq_length.shape[0]
    return made(labels.dtype, [labels.shape[0], None]), made(seq_length.dtype, [rows])


def compute_accidental_hits(true_classes, sampled_candidates, num_true, seed=None, name=None):
    if is_tf_tensor(num_true):
        raise TypeError(f"Expected int for argument 'num_true' not {num_true!r}.")
    true_classes, sampled_candidates = inputs_of("ComputeAccidentalHits", true_classes, sampled_candidates)
    check_rank(true_classes, 2)
    check_rank(sampled_candidates, 1)
    return made("int32", [None]), made("int64", [None]), made("float32", [None])


def ctc_unique_labels(labels, name=None):
    labels = tf.convert_to_tensor(labels)
    if is_known(len(labels.shape)) and len(labels.shape) == 0:
        raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
    if not is_known(len(labels.shape)):
        return unknown()
    check_rank(labels.shape[1:], 1)
    return made("int64", [labels.shape[0], None]), made("int32", labels.shape)


def _fractional(value, pooling_ratio):
    value = tf.convert_to_tensor(value)
    shape = list(check_rank(value, 4))
    out = [None if size is None or not is_known(size) else int(size / ratio) for size, ratio in zip(shape, pooling_ratio)]
    out = [size if ratio == 1 else less for size, less, ratio in zip(shape, out, pooling_ratio)]
    traced = is_traced()
    ends = [made("int64", [size if traced or size is None else size + 1]) for size in out[1:3]]
    return made(value.dtype, out, value), ends[0], ends[1]


def fractional_max_pool(value, pooling_ratio, pseudo_random=False, overlapping=False, seed=0, name=None):
    if isinstance(pooling_ratio, (list, tuple)):
        if pooling_ratio[0] != 1.0 or pooling_ratio[-1] != 1.0:
            raise ValueError("`pooling_ratio` should have first and last elements with value 1.0. Received: "
                             f"pooling_ratio={pooling_ratio}")
        if any(ratio < 1.0 for ratio in pooling_ratio):
            raise ValueError(f"`pooling_ratio` elements should be >= 1.0. Received: pooling_ratio={pooling_ratio}")
    elif isinstance(pooling_ratio, (int, float)):
        if pooling_ratio < 1.0:
            raise ValueError(f"`pooling_ratio` should be >= 1.0. Received: pooling_ratio={pooling_ratio}")
        pooling_ratio = [pooling_ratio]
    else:
        raise ValueError(f"`pooling_ratio` should be an int or a list of ints. Received: pooling_ratio={pooling_ratio}")
    if len(pooling_ratio) == 1:
        pooling_ratio = list(pooling_ratio) * 2
    if len(pooling_ratio) == 2:
        pooling_ratio = [1] + list(pooling_ratio) + [1]
    return _fractional(value, pooling_ratio)


def fractional_avg_pool(value, pooling_ratio, pseudo_random=False, overlapping=False, seed=0, name=None):
    if not isinstance(pooling_ratio, (list, tuple)):
        raise TypeError(f"Expected list for 'pooling_ratio' argument to 'fractional_avg_pool' Op, not {pooling_ratio}.")
    if len(pooling_ratio) != 4:
        return unknown()
    return _fractional(value, pooling_ratio)


def with_space_to_batch(input, dilation_rate, padding, op, filter_shape=None, spatial_dims=None, data_format=None):
    input = tf.convert_to_tensor(input)
    if not isinstance(dilation_rate, (list, tuple)) or any(rate != 1 for rate in dilation_rate):
        return unknown()
    spatial, rank = len(dilation_rate), len(input.shape)
    if is_known(rank) and rank < spatial + 1:
        raise ValueError(f"`input.shape.rank` must be at least {spatial + 1}. Received: input.shape={input.shape} with "
                         f"rank {rank}")
    return op(input, spatial, padding)


WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def ssim_multiscale(img1, img2, max_val, power_factors=WEIGHTS, filter_size=11, filter_sigma=1.5, k1=0.01, k2=0.03):
    images = [tf.convert_to_tensor(img1), tf.convert_to_tensor(img2)]
    for number in range(len(power_factors)):
        score = tf.image.ssim(images[0], images[1], max_val, filter_size=filter_size)
        halved = []
        for image in images:
            sizes = [None if size is None else (size + size % 2) // 2 for size in image.shape[-3:-1]]
            halved.append(made("float32", list(image.shape)[:-3] + sizes + [image.shape[-1]], image))
        images = halved
    return made("float32", score.shape, tf.convert_to_tensor(img1), tf.convert_to_tensor(img2))


def assert_shapes(shapes, data=None, summarize=None, message=None, name=None):
    pairs = list(shapes.items()) if isinstance(shapes, dict) else shapes
    begin = message + "  " if message else ""
    seen = {}
    for tensor, wanted in pairs:
        tensor, wanted = tensor if is_tf_tensor(tensor) else tf.convert_to_tensor(tensor), tuple(wanted)
        if not is_known(len(tensor.shape)) or "*" in wanted or Ellipsis in wanted:
            return None
        if len(wanted) > 1:
            tf.debugging.assert_rank(tensor, len(wanted), message=message)
        elif len(tensor.shape) > 1:
            tf.debugging.assert_rank_in(tensor, [0, 1], message=message)
    for tensor, wanted in pairs:
        tensor = tf.convert_to_tensor(tensor)
        for axis, (size, symbol) in enumerate(zip(tensor.shape, tuple(wanted))):
            if symbol is None or symbol == ".":
                continue
            words = "Specified explicitly"
            expected = symbol
            if not isinstance(symbol, int):
                if symbol not in seen:
                    seen[symbol] = (size, tensor, axis)
                    continue
                expected, other, place = seen[symbol]
                words = f"Specified by tensor {_name(other)} dimension {place}"
            if size is None or expected is None or not is_known(size) or not is_known(expected):
                continue
            if size != expected:
                raise ValueError(f"{begin}{words}.  Tensor {_name(tensor)} dimension {axis} must have size {expected}.  "
                                 f"Received size {size}, shape {tensor.shape}")
    return None


def _name(tensor):
    return tensor.name if is_traced() else f"shape={tensor.shape} dtype={tensor.dtype.name}"


def required_space_to_batch_paddings(input_shape, block_shape, base_paddings=None, name=None):
    input_shape, block_shape = tf.convert_to_tensor(input_shape), tf.convert_to_tensor(block_shape)
    block_shape.shape.assert_has_rank(1)
    count = block_shape.shape[0]
    if not is_known(count) or count is None:
        return unknown()
    input_shape.shape.assert_is_compatible_with([count])
    if base_paddings is not None:
        tf.convert_to_tensor(base_paddings).shape.assert_is_compatible_with([count, 2])
    return made("int32", [count, 2]), made("int32", [count, 2])


def sobol_sample(dim, num_results, skip=0, dtype=tf.float32, name=None):
    def size(value):
        return value if isinstance(value, int) else None

    inputs_of("SobolSample", dim, num_results, skip)
    return made(dtype, [size(num_results), size(dim)])


def conv(input, filter, strides, padding, explicit_paddings=[], data_format="CHANNELS_LAST", dilations=[], batch_dims=1,
         groups=1, name=None):
    if isinstance(strides, int):
        raise TypeError(f"Expected list for 'strides' argument to 'conv' Op, not {strides}.")
    input, filter = tf.convert_to_tensor(input), tf.convert_to_tensor(filter)
    rank = len(filter.shape)
    if not is_known(rank) or not is_known(len(input.shape)) or batch_dims != 1:
        return unknown()
    if len(input.shape) not in (4, 5):
        refuse("Input tensor must be rank 4 or 5, excluding the batch dims")
    if len(input.shape) != rank or data_format != "CHANNELS_LAST" or explicit_paddings or dilations or groups != 1:
        return unknown()
    convolve = tf.nn.conv2d if rank == 4 else tf.nn.conv3d
    result = convolve(input, filter, strides, padding)
    return made(result.dtype, result.shape)


def conv2d_backprop_filter_v2(input, filter, out_backprop, strides, padding, use_cudnn_on_gpu=True, explicit_paddings=[],
                              data_format="NHWC", dilations=[1, 1, 1, 1], name=None):
    filter = tf.convert_to_tensor(filter)
    return made(filter.dtype, check_rank(filter, 4), input, out_backprop)


def conv2d_backprop_input_v2(input, filter, out_backprop, strides, padding, use_cudnn_on_gpu=True, explicit_paddings=[],
                             data_format="NHWC", dilations=[1, 1, 1, 1], name=None):
    input = tf.convert_to_tensor(input)
    return made(input.dtype, check_rank(input, 4), filter, out_backprop)


def _of_sizes(sizes, out_backprop, other):
    """A gradient whose sizes are given as a vector."""
    sizes = tf.convert_to_tensor(sizes)
    check_rank(sizes, 1)
    out_backprop = tf.convert_to_tensor(out_backprop)
    return made(out_backprop.dtype, sizes_in(sizes), other, out_backprop)


def depthwise_conv2d_backprop_input(input_sizes, filter, out_backprop, strides, padding, data_format="NHWC",
                                    dilations=[1, 1, 1, 1], name=None):
    return _of_sizes(input_sizes, out_backprop, filter)


def depthwise_conv2d_backprop_filter(input, filter_sizes, out_backprop, strides, padding, data_format="NHWC",
                                     dilations=[1, 1, 1, 1], name=None):
    return _of_sizes(filter_sizes, out_backprop, input)
