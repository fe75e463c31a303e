"""InceptionV3 and Xception."""

from keras import layers


def _conv(x, filters, rows, columns, strides=(1, 1), padding="same"):
    x = layers.Conv2D(filters, (rows, columns), strides=strides, padding=padding, use_bias=False)(x)
    x = layers.BatchNormalization(axis=3, scale=False)(x)
    return layers.Activation("relu")(x)


def _chain(x, *steps):
    """Convolutions in a row: filters, rows, columns, and `True` for one that halves the image."""
    for filters, rows, columns, *halves in steps:
        x = _conv(x, filters, rows, columns, (2, 2), "valid") if halves else _conv(x, filters, rows, columns)
    return x


def _average(x, filters):
    x = layers.AveragePooling2D((3, 3), strides=(1, 1), padding="same")(x)
    return _conv(x, filters, 1, 1)


def _halved(x):
    return layers.MaxPooling2D((3, 3), strides=(2, 2))(x)


def _mixed(parts, name=None):
    return layers.concatenate(parts, axis=3, **({"name": name} if name else {}))


def _sevens(x, width, name):
    parts = [
        _conv(x, 192, 1, 1),
        _chain(x, (width, 1, 1), (width, 1, 7), (192, 7, 1)),
        _chain(x, (width, 1, 1), (width, 7, 1), (width, 1, 7), (width, 7, 1), (192, 1, 7)),
        _average(x, 192),
    ]
    return _mixed(parts, name)


def _widest(x, at):
    first = _conv(x, 320, 1, 1)
    second = _conv(x, 384, 1, 1)
    second = _mixed([_conv(second, 384, 1, 3), _conv(second, 384, 3, 1)], f"mixed9_{at}")
    third = _chain(x, (448, 1, 1), (384, 3, 3))
    third = _mixed([_conv(third, 384, 1, 3), _conv(third, 384, 3, 1)])
    return _mixed([first, second, third, _average(x, 192)], f"mixed{9 + at}")


def InceptionV3(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None,
                classes=1000, classifier_activation="softmax", name="inception_v3"):
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, 299, 75)
    x = _conv(entry, 32, 3, 3, (2, 2), "valid")
    x = _conv(x, 32, 3, 3, padding="valid")
    x = _halved(_conv(x, 64, 3, 3))
    x = _conv(x, 80, 1, 1, padding="valid")
    x = _halved(_conv(x, 192, 3, 3, padding="valid"))
    for at, filters in enumerate((32, 64, 64)):
        parts = [
            _conv(x, 64, 1, 1),
            _chain(x, (48, 1, 1), (64, 5, 5)),
            _chain(x, (64, 1, 1), (96, 3, 3), (96, 3, 3)),
            _average(x, filters),
        ]
        x = _mixed(parts, f"mixed{at}")
    parts = [_chain(x, (384, 3, 3, True)), _chain(x, (64, 1, 1), (96, 3, 3), (96, 3, 3, True)), _halved(x)]
    x = _mixed(parts, "mixed3")
    for at, width in enumerate((128, 160, 160, 192), 4):
        x = _sevens(x, width, f"mixed{at}")
    parts = [
        _chain(x, (192, 1, 1), (320, 3, 3, True)),
        _chain(x, (192, 1, 1), (192, 1, 7), (192, 7, 1), (192, 3, 3, True)),
        _halved(x),
    ]
    x = _mixed(parts, "mixed8")
    for at in range(2):
        x = _widest(x, at)
    if include_top:
        x = classifier(layers.GlobalAveragePooling2D(name="avg_pool")(x), classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, named=False)
    return finished(entry, input_tensor, x, name)


def _separable(x, filters, name, relu):
    """A separable convolution with its normalisation; `relu` says where the activation stands."""
    if relu == "before":
        x = layers.Activation("relu", name=f"{name}_act")(x)
    x = layers.SeparableConv2D(filters, (3, 3), padding="same", use_bias=False, name=name)(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    return layers.Activation("relu", name=f"{name}_act")(x) if relu == "after" else x


def _shortcut(x, filters):
    x = layers.Conv2D(filters, (1, 1), strides=(2, 2), padding="same", use_bias=False)(x)
    return layers.BatchNormalization()(x)


def Xception(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=1000,
             classifier_activation="softmax", name="xception"):
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, 299, 71)
    x = layers.Conv2D(32, (3, 3), strides=(2, 2), use_bias=False, name="block1_conv1")(entry)
    x = layers.Activation("relu", name="block1_conv1_act")(layers.BatchNormalization(name="block1_conv1_bn")(x))
    x = layers.Conv2D(64, (3, 3), use_bias=False, name="block1_conv2")(x)
    x = layers.Activation("relu", name="block1_conv2_act")(layers.BatchNormalization(name="block1_conv2_bn")(x))
    for block, widths in ((2, (128, 128)), (3, (256, 256)), (4, (728, 728)), (13, (728, 1024))):
        if block == 13:
            for middle in range(5, 13):
                before = x
                for at in (1, 2, 3):
                    x = _separable(x, 728, f"block{middle}_sepconv{at}", "before")
                x = layers.add([x, before])
        residual = _shortcut(x, widths[1])
        x = _separable(x, widths[0], f"block{block}_sepconv1", None if block == 2 else "before")
        x = _separable(x, widths[1], f"block{block}_sepconv2", "before")
        x = layers.MaxPooling2D((3, 3), strides=(2, 2), padding="same", name=f"block{block}_pool")(x)
        x = layers.add([x, residual])
    x = _separable(x, 1536, "block14_sepconv1", "after")
    x = _separable(x, 2048, "block14_sepconv2", "after")
    if include_top:
        x = classifier(layers.GlobalAveragePooling2D(name="avg_pool")(x), classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, named=False)
    return finished(entry, input_tensor, x, name)
