"""What TensorFlow reads from files: examples in records, images, sounds
(`tensorflow/python/ops/{parsing_ops,parsing_config,image_ops_impl}.py`)."""

from collections import namedtuple

import tensorflow as tf

FixedLenFeature = namedtuple("FixedLenFeature", ["shape", "dtype", "default_value"], defaults=[None])
FixedLenSequenceFeature = namedtuple(
    "FixedLenSequenceFeature", ["shape", "dtype", "allow_missing", "default_value"], defaults=[False, None]
)
VarLenFeature = namedtuple("VarLenFeature", ["dtype"])
RaggedFeature = namedtuple(
    "RaggedFeature",
    ["dtype", "value_key", "partitions", "row_splits_dtype", "validate"],
    defaults=[None, (), tf.int32, False],
)
# The partitions within it are classes of their own.
for _partition, _fields in [
    ("RowSplits", ["key"]),
    ("RowLengths", ["key"]),
    ("RowStarts", ["key"]),
    ("RowLimits", ["key"]),
    ("ValueRowIds", ["key"]),
    ("UniformRowLength", ["length"]),
]:
    setattr(RaggedFeature, _partition, namedtuple(_partition, _fields))
SparseFeature = namedtuple(
    "SparseFeature", ["index_key", "value_key", "dtype", "size", "already_sorted"], defaults=[False]
)


def _feature(feature, batch, steps):
    """What a feature becomes in a batch of that shape, of examples or of their steps."""
    if isinstance(feature, FixedLenFeature):
        return made(feature.dtype, batch + list(tf.TensorShape(feature.shape)))
    if isinstance(feature, FixedLenSequenceFeature):
        return made(feature.dtype, batch + [None] + list(tf.TensorShape(feature.shape)))
    if isinstance(feature, VarLenFeature):
        return _sparse(feature.dtype, len(batch) + 1 + steps)
    if isinstance(feature, RaggedFeature) and not feature.partitions:
        if not batch and not steps:
            return made(feature.dtype, [None])
        flat, shape = made(feature.dtype, [None]), batch + [None] * (1 + steps)
        return tf.RaggedTensor(flat, shape, len(shape) - 1)
    return unknown()


def _sparse(dtype, rank):
    return tf.SparseTensor(made("int64", [None, rank]), made(dtype, [None]), made("int64", [rank]))


def _features(features, batch, steps=0):
    return {key: _feature(feature, batch, steps) for key, feature in features.items()}


def parse_example(serialized, features, example_names=None, name=None):
    if not features:
        raise ValueError("Argument `features` cannot be None.")
    serialized = tf.convert_to_tensor(serialized)
    return _features(features, list(check_rank_at_most(serialized, 1)))


def parse_single_example(serialized, features, example_names=None, name=None):
    if not features:
        raise ValueError("Invalid argument: `features` cannot be None.")
    check_rank(tf.convert_to_tensor(serialized), 0)
    return _features(features, [])


def parse_sequence_example(serialized, context_features=None, sequence_features=None, example_names=None, name=None):
    if not (context_features or sequence_features):
        raise ValueError("Both `context_features` and `sequence_features` argument are None, but at least one should have "
                         "values.")
    batch = list(check_rank_at_most(tf.convert_to_tensor(serialized), 1))
    steps = sequence_features or {}
    lengths = {key: made("int64", batch) for key, feature in steps.items()
               if isinstance(feature, FixedLenSequenceFeature)}
    return _features(context_features or {}, batch), _features(steps, batch, 1), lengths


def parse_single_sequence_example(serialized, context_features=None, sequence_features=None, example_name=None,
                                  name=None):
    if not (context_features or sequence_features):
        raise ValueError("Both context_features and sequence_features are None, but at least one should have values.")
    check_rank(tf.convert_to_tensor(serialized), 0)
    return _features(context_features or {}, []), _features(sequence_features or {}, [], 1)


def _texts(value):
    return tf.convert_to_tensor(value, dtype=tf.string)


def _picture(kernel, contents, shape, dtype="uint8"):
    contents, = inputs_of(kernel, contents)
    check_rank(contents, 0)
    return made(dtype, shape)


def _channels(channels):
    return channels if isinstance(channels, int) and channels > 0 else None


def decode_gif(contents, name=None):
    return _picture("DecodeGif", contents, [None, None, None, 3])


def decode_webp(contents, channels=0, dtype=tf.uint8, name=None):
    return _picture("DecodeWebP", contents, [None, None, None, _channels(channels)], dtype)


def decode_jxl(contents, channels=0, dtype=tf.uint8, name=None):
    return _picture("DecodeJxl", contents, [None, None, _channels(channels)], dtype)


def decode_and_crop_jpeg(contents, crop_window, channels=0, ratio=1, fancy_upscaling=True, try_recover_truncated=False,
                         acceptable_fraction=1, dct_method="", name=None):
    contents, window = inputs_of("DecodeAndCropJpeg", contents, crop_window)
    check_rank(contents, 0)
    check_rank(window, 1)
    same_size(window.shape[0], 4)
    sizes = list(sizes_in(window))
    return made("uint8", [sizes[2], sizes[3], _channels(channels)])


def extract_jpeg_shape(contents, output_type=tf.int32, name=None):
    return _picture("ExtractJpegShape", contents, [3], output_type)


def is_jpeg(contents, name=None):
    start = tf.strings.substr(contents, 0, 3)
    return made("bool", start.shape)


def sample_distorted_bounding_box(image_size, bounding_boxes, seed=0, min_object_covered=0.1, aspect_ratio_range=None,
                                  area_range=None, max_attempts=None, use_image_if_no_bounding_boxes=None, name=None):
    size, boxes, _ = inputs_of("SampleDistortedBoundingBoxV2", image_size, bounding_boxes, min_object_covered)
    check_rank(size, 1)
    same_size(size.shape[0], 3)
    check_rank(boxes, 3)
    same_size(boxes.shape[2], 4)
    return made(size.dtype, [3]), made(size.dtype, [3]), made("float32", [1, 1, 4])


def stateless_sample_distorted_bounding_box(image_size, bounding_boxes, seed, min_object_covered=0.1,
                                            aspect_ratio_range=None, area_range=None, max_attempts=None,
                                            use_image_if_no_bounding_boxes=None, name=None):
    return sample_distorted_bounding_box(image_size, bounding_boxes)


def generate_bounding_box_proposals(scores, bbox_deltas, image_info, anchors, nms_threshold=0.7, pre_nms_topn=6000,
                                    min_size=16, post_nms_topn=300, name=None):
    count = post_nms_topn if isinstance(post_nms_topn, int) else None
    given = inputs_of("GenerateBoundingBoxProposals", scores, bbox_deltas, image_info, anchors)
    images = check_rank(given[0], 4)[0]
    for tensor, rank in zip(given[1:], (4, 2, 3)):
        check_rank(tensor, rank)
    return made("float32", [images, count, 4]), made("float32", [images, count])


class ResizeMethod:
    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"


def decode_compressed(bytes, compression_type="", name=None):
    return made("string", _texts(bytes).shape)


def decode_json_example(json_examples, name=None):
    return made("string", _texts(json_examples).shape)


def matching_files(pattern, name=None):
    check_rank_at_most(_texts(pattern), 1)
    return made("string", [None])


def decode_wav(contents, desired_channels=-1, desired_samples=-1, name=None):
    def size(value):
        return value if isinstance(value, int) and value >= 0 else None

    check_rank(_texts(contents), 0)
    return made("float32", [size(desired_samples), size(desired_channels)]), made("int32", [])


def encode_wav(audio, sample_rate, name=None):
    check_rank(tf.convert_to_tensor(audio), 2)
    check_rank(tf.convert_to_tensor(sample_rate), 0)
    return made("string", [])
