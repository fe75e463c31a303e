"""Keras' data sets and helpers for arrays, as far as shapes, dtypes and exceptions go.

`KERAS` is the profile; `unknown()` is a value of which nothing is known, `unknown_size()` an int.
"""

import numpy as np
import tensorflow as tf


def _array(shape, dtype):
    return unknown_array(shape, dtype=dtype)


def _labels(classes, shape, dtype):
    """Labels of so many classes of about one size: nobody knows which stands where. Where classes are rare, `None`."""
    if classes is None or is_carried_out() or not is_known(shape[0]):
        return _array(shape, dtype)
    return np.random.randint(0, classes, shape).astype(dtype)


def _halves(shape, train, test, dtype, classes, label_shape, label_dtype):
    def part(rows):
        return _array((rows,) + shape, dtype), _labels(classes, (rows,) + label_shape, label_dtype)

    return part(train), part(test)


def _images_28(path="mnist.npz", cache_dir=None):
    return _halves((28, 28), 60000, 10000, "uint8", 10, (), "uint8")


mnist_load_data = _images_28


def fashion_mnist_load_data(cache_dir=None):
    return _images_28()


def cifar10_load_data(cache_dir=None):
    return _halves((32, 32, 3), 50000, 10000, "uint8", 10, (1,), "uint8")


def cifar100_load_data(label_mode="fine", cache_dir=None):
    if label_mode not in ("fine", "coarse"):
        raise ValueError(
            '`label_mode` must be one of `"fine"`, `"coarse"`. Received: label_mode=' + str(label_mode) + "."
        )
    return _halves((32, 32, 3), 50000, 10000, "uint8", 100 if label_mode == "fine" else 20, (1,), "int64")


def _sequences(train, test, classes):
    def part(rows):
        return _array((rows,), object), _labels(classes, (rows,), "int64")

    return part(train), part(test)


def imdb_load_data(path="imdb.npz", num_words=None, skip_top=0, maxlen=None, seed=113, start_char=1,
                   oov_char=2, index_from=3, **kwargs):
    if maxlen is not None:
        return _sequences(unknown_size(), unknown_size(), 2)
    return _sequences(25000, 25000, 2)


def reuters_load_data(path="reuters.npz", num_words=None, skip_top=0, maxlen=None, test_split=0.2, seed=113,
                      start_char=1, oov_char=2, index_from=3, **kwargs):
    if maxlen is not None:
        return _sequences(unknown_size(), unknown_size(), None)
    train = int(11228 * (1 - test_split))
    return _sequences(train, 11228 - train, None)


def imdb_get_word_index(path="imdb_word_index.json"):
    return unknown()


def reuters_get_word_index(path="reuters_word_index.json"):
    return unknown()


def _table(rows, columns, dtype, test_split):
    if not 0 <= test_split < 1:
        raise ValueError(
            f"Invalid `test_split` argument: {test_split}. It must be between 0 and 1 (exclusive of 1)."
        )
    train = int(rows * (1 - test_split))
    return _halves((columns,), train, rows - train, dtype, None, (), dtype)


def boston_housing_load_data(path="boston_housing.npz", test_split=0.2, seed=113):
    return _table(506, 13, "float64", test_split)


def california_housing_load_data(version="large", path="california_housing.npz", test_split=0.2, seed=113):
    if version not in ("small", "large"):
        raise ValueError(
            f"Argument `version` must be one of 'small', 'large'. Received: version={version}"
        )
    return _table(20640 if version == "large" else 600, 8, "float32", test_split)


def to_categorical(x, num_classes=None, dtype="float32"):
    if KERAS == 3:
        dtype = "float64"
        if is_tf_tensor(x):
            sizes = [tf.shape(x)[i] if n is None else n for i, n in enumerate(x.shape)]
            if len(sizes) > 1 and sizes[-1] == 1:
                x = tf.squeeze(x, -1)
            return tf.one_hot(tf.cast(x, "int64"), num_classes)
    labels = np.array(x, dtype="int64")
    shape = labels.shape
    if shape and shape[-1] == 1 and len(shape) > 1:
        shape = tuple(shape[:-1])
    labels = labels.reshape(-1)
    if not num_classes:
        num_classes = np.max(labels) + 1
    rows = labels.shape[0]
    matrix = np.zeros((rows, num_classes), dtype=dtype)
    matrix[np.arange(rows), labels] = 1
    return np.reshape(matrix, shape + (num_classes,))


def to_ordinal(y, num_classes=None, dtype="float32"):
    labels = np.array(y, dtype="int64")
    shape = labels.shape
    if shape and shape[-1] == 1 and len(shape) > 1:
        shape = tuple(shape[:-1])
    labels = labels.reshape(-1)
    if not num_classes:
        num_classes = np.max(labels) + 1
    ranks = np.arange(num_classes - 1)
    return (np.expand_dims(labels, -1) > ranks).astype(dtype).reshape(shape + (num_classes - 1,))


def normalize(x, axis=-1, order=2):
    if KERAS == 3 and is_tf_tensor(x):
        return tf.linalg.l2_normalize(x, axis)
    length = np.atleast_1d(np.linalg.norm(x, order, axis))
    length = np.where(length == 0, np.ones_like(length), length)
    if KERAS == 3:
        axis = axis or -1
    return x / np.expand_dims(length, axis)


def pad_sequences(sequences, maxlen=None, dtype="int32", padding="pre", truncating="pre", value=0.0):
    if not isinstance(sequences, np.ndarray) and not hasattr(sequences, "__len__"):
        raise ValueError("`sequences` must be iterable.")
    if is_carried_out() and isinstance(sequences, np.ndarray) and is_known(len(sequences)):
        sequences = list(sequences)
    if isinstance(sequences, np.ndarray) and (padded := padded_draws(sequences, maxlen, dtype, value)) is not None:
        return padded
    if isinstance(sequences, np.ndarray):
        # Sequences of a data set, of which none is known.
        if maxlen is None:
            maxlen = sequences.shape[1] if sequences.ndim > 1 else unknown_size()
        return _array((sequences.shape[0], maxlen) + sequences.shape[2:], dtype)
    padded = padded_draws(sequences, maxlen, dtype, value)
    if padded is not None:
        return padded
    for sequence in sequences:
        if isinstance(sequence, (int, float)):
            raise ValueError(
                "`sequences` must be a list of iterables. Found non-iterable: " + str(sequence)
            )
    if maxlen is None:
        maxlen = np.max([len(sequence) for sequence in sequences])
    inner = ()
    for sequence in sequences:
        if len(sequence):
            inner = np.asarray(sequence).shape[1:]
            break
    padded = np.full((len(sequences), maxlen) + inner, value, dtype=dtype)
    large = len(sequences) > 64 and (len(sequences) > 400 or padded.size > 4096)
    if large and not is_carried_out():
        # More than is kept of an array's elements.
        return _array(padded.shape, dtype)
    for row, sequence in enumerate(sequences):
        if not len(sequence):
            continue
        if truncating not in ("pre", "post"):
            raise ValueError(f'Truncating type "{truncating}" not understood')
        cut = sequence[-maxlen:] if truncating == "pre" else sequence[:maxlen]
        cut = np.asarray(cut, dtype=dtype)
        if padding == "post":
            padded[row, : len(cut)] = cut
        elif padding == "pre":
            padded[row, -len(cut):] = cut
        else:
            raise ValueError(f'Padding type "{padding}" not understood')
    return padded


def split_dataset(dataset, left_size=None, right_size=None, shuffle=False, seed=None):
    if isinstance(dataset, tf.data.Dataset):
        rows = len(dataset)
    else:
        dataset = tf.data.Dataset.from_tensor_slices(dataset)
        rows = len(dataset)

    def count(size):
        return int(round(rows * size)) if isinstance(size, float) else size

    left = count(left_size) if left_size is not None else rows - count(right_size)
    right = count(right_size) if right_size is not None else rows - left
    return dataset.take(left), dataset.skip(left).take(right)


def get_file(fname=None, origin=None, **kwargs):
    return str(unknown())


def nothing(*args, **kwargs):
    return None


class TimeseriesGenerator:
    def __init__(self, data, targets, length, sampling_rate=1, stride=1, start_index=0, end_index=None,
                 shuffle=False, reverse=False, batch_size=128):
        if len(data) != len(targets):
            raise ValueError(
                "Data and targets have to be of same length. "
                f"Data length is {len(data)} while target length is {len(targets)}"
            )
        self.data, self.targets = data, targets
        self.length, self.sampling_rate, self.stride = length, sampling_rate, stride
        self.batch_size, self.shuffle, self.reverse = batch_size, shuffle, reverse
        self.start_index = start_index + length
        self.end_index = len(data) - 1 if end_index is None else end_index
        if self.start_index > self.end_index:
            raise ValueError(
                f"`start_index+length={self.start_index} > end_index={self.end_index}` is disallowed, as no part "
                "of the sequence would be left to be used as current step."
            )

    def __len__(self):
        each = self.batch_size * self.stride
        return (self.end_index - self.start_index + each) // each

    def __getitem__(self, index):
        first = self.start_index + self.batch_size * self.stride * index
        rows = len(range(first, min(first + self.batch_size * self.stride, self.end_index + 1), self.stride))
        data, targets = np.asarray(self.data), np.asarray(self.targets)
        if is_carried_out():
            places = range(first, min(first + self.batch_size * self.stride, self.end_index + 1), self.stride)
            if self.shuffle:
                places = np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size).tolist()
            samples = np.array([data[row - self.length : row : self.sampling_rate] for row in places])
            labels = np.array([targets[row] for row in places])
            return (samples[:, ::-1, ...] if self.reverse else samples), labels
        steps = len(range(0, self.length, self.sampling_rate))
        return _array((rows, steps) + data.shape[1:], data.dtype), _array((rows,) + targets.shape[1:], targets.dtype)


def version():
    return "3.15.1"


def pack_x_y_sample_weight(x, y=None, sample_weight=None):
    if y is None:
        # Keras 2 asks for `tuple or list`, which is `tuple`.
        return (x,) if isinstance(x, (tuple, list) if KERAS == 3 else tuple) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data):
    data = tuple(data) if isinstance(data, list) else data
    if not isinstance(data, tuple):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise ValueError("Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, found: "
                         f"{data}")
    return data + (None,) * (3 - len(data))
