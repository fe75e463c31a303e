"""Keras' image files and generators of augmented images, by the shapes of their batches."""

import numpy as np


class _Image:
    """A picture of Pillow's, by its size."""

    def __init__(self, height, width, channels):
        self.height, self.width, self._channels = height, width, channels
        self.size = (width, height)
        self.mode = unknown()

    def __array__(self, dtype=None, copy=None):
        shape = (self.height, self.width) if self._channels == 1 else (self.height, self.width, self._channels)
        return unknown_array(shape, dtype="uint8")

    def resize(self, size, *args, **kwargs):
        return _Image(size[1], size[0], self._channels)

    def convert(self, mode=None, *args, **kwargs):
        return _Image(self.height, self.width, {"L": 1, "RGB": 3, "RGBA": 4}.get(mode, unknown_size()))

    def save(self, *args, **kwargs):
        return None

    def show(self, *args, **kwargs):
        return None


def _channels(color_mode):
    return {"grayscale": 1, "rgb": 3, "rgba": 4}.get(color_mode, 3)


def load_img(path, grayscale=False, color_mode="rgb", target_size=None, interpolation="nearest",
             keep_aspect_ratio=False):
    if grayscale is True:
        color_mode = "grayscale"
    if target_size is None:
        return _Image(unknown_size(), unknown_size(), _channels(color_mode))
    if isinstance(target_size, int):
        target_size = (target_size, target_size)
    return _Image(target_size[0], target_size[1], _channels(color_mode))


def img_to_array(img, data_format=None, dtype=None):
    array = np.asarray(img, dtype=dtype or "float32")
    if array.ndim == 2:
        array = array.reshape((array.shape[0], array.shape[1], 1))
    elif array.ndim != 3:
        raise ValueError(f"Unsupported image shape: {array.shape}")
    return array


def array_to_img(x, data_format=None, scale=True, dtype=None):
    x = np.asarray(x)
    if x.ndim != 3:
        raise ValueError(f"Expected image array to have rank 3 (single image). Got array with shape: {x.shape}")
    if x.shape[2] not in (1, 3, 4):
        raise ValueError(f"Unsupported channel number: {x.shape[2]}")
    return _Image(x.shape[0], x.shape[1], x.shape[2])


def smart_resize(x, size, interpolation="bilinear", data_format=None, backend_module=None):
    if len(size) != 2:
        raise ValueError(f"Expected `size` to be a tuple of 2 integers, but got: {size}.")
    if isinstance(x, np.ndarray):
        return unknown_array(x.shape[:-3] + (size[0], size[1], x.shape[-1]), dtype="float32")
    return unknown()


def save_img(*args, **kwargs):
    return None


class _Batches:
    """Batches by number."""

    def __init__(self, rows, batch_size):
        self.n, self.batch_size = rows, batch_size
        self.batch_index, self.total_batches_seen = 0, 0

    def _size(self, index):
        if not is_known(self.n):
            return unknown_size()
        return min(self.batch_size, self.n - index * self.batch_size)

    def __len__(self):
        return (self.n + self.batch_size - 1) // self.batch_size

    def __iter__(self):
        return self

    def __next__(self):
        return self[0]

    def next(self):
        return self[0]

    def reset(self):
        return None

    def on_epoch_end(self):
        return None


class NumpyArrayIterator(_Batches):
    def __init__(self, x, y, image_data_generator, batch_size=32, shuffle=False, sample_weight=None, seed=None,
                 data_format=None, save_to_dir=None, save_prefix="", save_format="png", subset=None,
                 ignore_class_split=False, dtype=None):
        if y is not None and len(x) != len(y):
            raise ValueError(
                "`x` (images tensor) and `y` (labels) should have the same length. "
                f"Found: x.shape = {np.asarray(x).shape}, y.shape = {np.asarray(y).shape}"
            )
        if subset is not None:
            if subset not in ("training", "validation"):
                raise ValueError(f'Invalid subset name: {subset}; expected "training" or "validation".')
            at = int(len(x) * image_data_generator._validation_split)
            x = x[:at] if subset == "validation" else x[at:]
            if y is not None:
                y = y[:at] if subset == "validation" else y[at:]
        self.x = np.asarray(x, dtype=dtype or "float32")
        if self.x.ndim != 4:
            if KERAS == 2:
                raise ValueError(
                    "Input data in `NumpyArrayIterator` should have rank 4. You passed an array with shape",
                    self.x.shape,
                )
            raise ValueError(
                "Input data in `NumpyArrayIterator` should have rank 4. You passed an array "
                f"with shape {self.x.shape}"
            )
        self.y = None if y is None else np.asarray(y)
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        _Batches.__init__(self, self.x.shape[0], batch_size)

    def __getitem__(self, index):
        rows = self._size(index)
        x = unknown_array((rows,) + self.x.shape[1:], dtype="float32")
        if self.y is None:
            return x
        y = unknown_array((rows,) + self.y.shape[1:], dtype=self.y.dtype)
        if self.sample_weight is None:
            return x, y
        return x, y, unknown_array((rows,), dtype=self.sample_weight.dtype)


class _FileIterator(_Batches):
    """Images of files, of which nobody knows how many there are."""

    def __init__(self, target_size, color_mode, class_mode, batch_size):
        _Batches.__init__(self, unknown_size(), batch_size)
        self.samples = self.n
        self.target_size, self.class_mode = target_size, class_mode
        self.image_shape = (target_size[0], target_size[1], _channels(color_mode))
        self.num_classes = unknown_size()
        self.class_indices = self.classes = self.labels = self.filenames = self.filepaths = unknown()

    def __getitem__(self, index):
        rows = self._size(index)
        x = unknown_array((rows,) + self.image_shape, dtype="float32")
        if self.class_mode is None:
            return x
        if self.class_mode == "categorical":
            return x, unknown_array((rows, self.num_classes), dtype="float32")
        if self.class_mode in ("binary", "sparse"):
            return x, unknown_array((rows,), dtype="float32")
        if self.class_mode == "input":
            return x, x
        return x, unknown()


class ImageDataGenerator:
    def __init__(self, featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False,
                 samplewise_std_normalization=False, zca_whitening=False, zca_epsilon=1e-6, rotation_range=0,
                 width_shift_range=0.0, height_shift_range=0.0, brightness_range=None, shear_range=0.0,
                 zoom_range=0.0, channel_shift_range=0.0, fill_mode="nearest", cval=0.0, horizontal_flip=False,
                 vertical_flip=False, rescale=None, preprocessing_function=None, data_format=None,
                 validation_split=0.0, interpolation_order=1, dtype=None):
        self._validation_split = validation_split
        self.rescale, self.preprocessing_function, self.dtype = rescale, preprocessing_function, dtype

    def flow(self, x, y=None, batch_size=32, shuffle=True, sample_weight=None, seed=None, save_to_dir=None,
             save_prefix="", save_format="png", ignore_class_split=False, subset=None):
        return NumpyArrayIterator(x, y, self, batch_size=batch_size, sample_weight=sample_weight, subset=subset)

    def flow_from_directory(self, directory, target_size=(256, 256), color_mode="rgb", classes=None,
                            class_mode="categorical", batch_size=32, shuffle=True, seed=None, save_to_dir=None,
                            save_prefix="", save_format="png", follow_links=False, subset=None,
                            interpolation="nearest", keep_aspect_ratio=False):
        found = _FileIterator(target_size, color_mode, class_mode, batch_size)
        if isinstance(classes, list):
            found.num_classes = len(classes)
        return found

    def flow_from_dataframe(self, dataframe, directory=None, x_col="filename", y_col="class", weight_col=None,
                            target_size=(256, 256), color_mode="rgb", classes=None, class_mode="categorical",
                            batch_size=32, **kwargs):
        return _FileIterator(target_size, color_mode, class_mode, batch_size)

    def fit(self, x, augment=False, rounds=1, seed=None):
        x = np.asarray(x)
        if x.ndim != 4:
            raise ValueError("Input to `.fit()` should have rank 4. Got array with shape: " + str(x.shape))

    def standardize(self, x):
        return x

    def random_transform(self, x, seed=None):
        return x

    def apply_transform(self, x, transform_parameters):
        return x
