"""`keras.applications`: what the image classifiers share. Their weights are never downloaded: they change no shape."""

import keras
import numpy as np
from keras import layers


def entrance(input_shape, input_tensor, weights, include_top, classes, size, least):
    """The input of a classifier, checked as its constructor checks it."""
    if weights == "imagenet" and include_top and classes != 1000:
        raise ValueError(
            "If using `weights='imagenet'` with `include_top=True`, `classes` should be 1000.  Received "
            f"classes={classes}"
        )
    shape = image_shape(input_shape, weights, include_top, size, least)
    return layers.Input(shape=shape) if input_tensor is None else input_tensor


def image_shape(shape, weights, include_top, size, least):
    given = tuple(shape) if isinstance(shape, list) else shape
    channels = given[-1] if weights != "imagenet" and given and len(given) == 3 else 3
    usual = (size, size, channels)
    if weights == "imagenet" and include_top:
        if shape is not None and shape != usual:
            raise ValueError(
                "When setting `include_top=True` and loading `imagenet` weights, `input_shape` should be "
                f"{usual}.  Received: input_shape={shape}"
            )
        return usual
    if not shape:
        return usual if include_top else (None, None, 3)
    if len(shape) != 3:
        raise ValueError("`input_shape` must be a tuple of three integers.")
    if shape[-1] != 3 and weights == "imagenet":
        raise ValueError(f"The input must have 3 channels; Received `input_shape={shape}`")
    if any(side is not None and side < least for side in shape[:2]):
        raise ValueError(f"Input size must be at least {least}x{least}; Received: input_shape={shape}")
    if include_top and None in shape:
        raise ValueError(
            f"If `include_top` is True, you should specify a static `input_shape`. Received: input_shape={shape}"
        )
    return shape


def pooled(x, pooling, named=True):
    """What stands in for the classifier where `include_top` is false."""
    if pooling == "avg":
        return layers.GlobalAveragePooling2D(**({"name": "avg_pool"} if named else {}))(x)
    if pooling == "max":
        return layers.GlobalMaxPooling2D(**({"name": "max_pool"} if named else {}))(x)
    return x


def classifier(x, classes, activation, weights, **kwargs):
    check_activation(activation, weights)
    return layers.Dense(classes, activation=activation, name="predictions", **kwargs)(x)


def check_activation(activation, weights):
    if weights is not None and isinstance(activation, str) and activation not in ("softmax", "linear"):
        raise ValueError(
            "Only `None` and `softmax` activations are allowed for the `classifier_activation` argument when using "
            "pretrained weights, with `include_top=True`; Received: "
            f"classifier_activation={keras.activations.get(activation)}"
        )


def weighed(x, filters_in, filters, name):
    """EfficientNet's channels, weighed by what two convolutions make of their means."""
    squeezed = layers.GlobalAveragePooling2D(name=name + "se_squeeze")(x)
    squeezed = layers.Reshape((1, 1, filters), name=name + "se_reshape")(squeezed)
    squeezed = layers.Conv2D(max(1, int(filters_in * 0.25)), 1, padding="same", activation="swish",
                             name=name + "se_reduce")(squeezed)
    squeezed = layers.Conv2D(filters, 1, padding="same", activation="sigmoid", name=name + "se_expand")(squeezed)
    return layers.multiply([x, squeezed], name=name + "se_excite")


def efficientnet_top(x, include_top, dropout, classes, activation, weights, pooling):
    """The classifier of an EfficientNet, or what stands in for it."""
    if not include_top:
        return pooled(x, pooling)
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    x = layers.Dropout(dropout, name="top_dropout")(x)
    return classifier(x, classes, activation, weights)


def finished(entry, input_tensor, x, name):
    return keras.Model(entry if input_tensor is None else keras.utils.get_source_inputs(input_tensor), x, name=name)


def padding_for(x, kernel_size):
    """The padding that makes a strided convolution keep the centre of the image."""
    rows, columns = x.shape[1], x.shape[2]
    odd = (1, 1) if rows is None else (1 - rows % 2, 1 - columns % 2)
    half = kernel_size // 2
    return ((half - odd[0], half), (half - odd[1], half))


def divisible(size, by=8):
    """The multiple of 8 that is nearest, but not less than nine tenths."""
    rounded = max(by, int(size + by / 2) // by * by)
    return rounded + by if rounded < 0.9 * size else rounded


def preprocess_input(x, data_format=None, mode="caffe"):
    if mode not in ("caffe", "tf", "torch"):
        raise ValueError(f"Expected mode to be one of `caffe`, `tf` or `torch`. Received: mode={mode}")
    if isinstance(x, np.ndarray):
        return _prepared_array(x, mode)
    if mode == "tf":
        return x / 127.5 - 1.0
    if mode == "torch":
        x = x / 255.0
    elif KERAS == 2:
        x = x[..., ::-1]
    else:
        x = keras.ops.stack([x[..., i] for i in (2, 1, 0)], axis=-1)
    means = -np.ones(3)
    if KERAS == 2:
        x = keras.backend.bias_add(x, keras.backend.constant(means))
    else:
        x = x + keras.ops.reshape(keras.ops.convert_to_tensor(means, dtype=x.dtype), (1,) * (len(x.shape) - 1) + (3,))
    if mode == "torch":
        x = x / (keras.backend.constant(-means) if KERAS == 2 else keras.ops.convert_to_tensor(-means, dtype=x.dtype))
    return x


def _prepared_array(x, mode):
    # An array of floats is changed in place.
    if x.dtype not in (np.float16, np.float32, np.float64):
        x = x.astype("float32")
    if mode == "tf":
        x /= 127.5
        x -= 1.0
        return x
    if mode == "torch":
        x /= 255.0
        means, deviations = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
    else:
        x = x[..., ::-1]
        means, deviations = (103.939, 116.779, 123.68), None
    for channel, mean in enumerate(means):
        x[..., channel] -= mean
    if deviations is not None:
        for channel, deviation in enumerate(deviations):
            x[..., channel] /= deviation
    return x


def preprocess_tf(x, data_format=None):
    return preprocess_input(x, data_format, "tf")


def preprocess_torch(x, data_format=None):
    return preprocess_input(x, data_format, "torch")


def preprocess_caffe(x, data_format=None):
    return preprocess_input(x, data_format, "caffe")


def preprocess_nothing(x, data_format=None):
    return x


def decode_predictions(preds, top=5):
    if len(preds.shape) != 2 or preds.shape[1] != 1000:
        raise ValueError(
            "`decode_predictions` expects a batch of predictions (i.e. a 2D array of shape (samples, 1000)). "
            f"Received array with shape: {preds.shape}"
        )
    rows = preds.shape[0]
    if not is_known(rows):
        return unknown()
    return [[(str(unknown()), str(unknown()), float(unknown())) for _ in range(top)] for _ in range(rows)]
