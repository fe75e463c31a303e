"""InceptionResNetV2: Inception's branches, scaled and added to what they were made of."""

from keras import layers


class CustomScaleLayer(layers.Layer):
    def __init__(self, scale, **kwargs):
        super().__init__(**kwargs)
        self.scale = scale

    def call(self, inputs):
        return inputs[0] + inputs[1] * self.scale


def _conv(x, filters, kernel_size, strides=1, padding="same", activation="relu", use_bias=False, name=None):
    x = layers.Conv2D(filters, kernel_size, strides=strides, padding=padding, use_bias=use_bias, name=name)(x)
    if not use_bias:
        x = layers.BatchNormalization(axis=3, scale=False, name=None if name is None else f"{name}_bn")(x)
    if activation is not None:
        x = layers.Activation(activation, name=None if name is None else f"{name}_ac")(x)
    return x


def _chain(x, *steps):
    """Convolutions one after the other: filters and kernel of each, and for the last perhaps that it halves."""
    for filters, kernel, *halves in steps:
        x = _conv(x, filters, kernel, strides=2, padding="valid") if halves else _conv(x, filters, kernel)
    return x


BRANCHES = {
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, [1, 7]), (192, [7, 1]))),
    "block8": (((192, 1),), ((192, 1), (224, [1, 3]), (256, [3, 1]))),
}


def _block(x, scale, kind, number, activation="relu"):
    branches = [_chain(x, *steps) for steps in BRANCHES[kind]]
    name = f"{kind}_{number}"
    mixed = layers.Concatenate(axis=3, name=f"{name}_mixed")(branches)
    up = _conv(mixed, x.shape[3], 1, activation=None, use_bias=True, name=f"{name}_conv")
    x = CustomScaleLayer(scale)([x, up])
    return x if activation is None else layers.Activation(activation, name=f"{name}_ac")(x)


def InceptionResNetV2(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None,
                      classes=1000, classifier_activation="softmax", name="inception_resnet_v2"):
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, 299, 75)
    x = _conv(entry, 32, 3, strides=2, padding="valid")
    x = _conv(x, 32, 3, padding="valid")
    x = _conv(x, 64, 3)
    x = layers.MaxPooling2D(3, strides=2)(x)
    x = _conv(x, 80, 1, padding="valid")
    x = _conv(x, 192, 3, padding="valid")
    x = layers.MaxPooling2D(3, strides=2)(x)
    branches = [_chain(x, (96, 1)), _chain(x, (48, 1), (64, 5)), _chain(x, (64, 1), (96, 3), (96, 3))]
    branches.append(_conv(layers.AveragePooling2D(3, strides=1, padding="same")(x), 64, 1))
    x = layers.Concatenate(axis=3, name="mixed_5b")(branches)
    for number in range(1, 11):
        x = _block(x, 0.17, "block35", number)
    branches = [_chain(x, (384, 3, True)), _chain(x, (256, 1), (256, 3), (384, 3, True))]
    branches.append(layers.MaxPooling2D(3, strides=2, padding="valid")(x))
    x = layers.Concatenate(axis=3, name="mixed_6a")(branches)
    for number in range(1, 21):
        x = _block(x, 0.1, "block17", number)
    branches = [_chain(x, (256, 1), (384, 3, True)), _chain(x, (256, 1), (288, 3, True)),
                _chain(x, (256, 1), (288, 3), (320, 3, True))]
    branches.append(layers.MaxPooling2D(3, strides=2, padding="valid")(x))
    x = layers.Concatenate(axis=3, name="mixed_7a")(branches)
    for number in range(1, 10):
        x = _block(x, 0.2, "block8", number)
    x = _block(x, 1.0, "block8", 10, activation=None)
    x = _conv(x, 1536, 1, name="conv_7b")
    if include_top:
        x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
        x = classifier(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, named=False)
    return finished(entry, input_tensor, x, name)
