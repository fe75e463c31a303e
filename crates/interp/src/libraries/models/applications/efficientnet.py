"""EfficientNet B0 to B7: one network, scaled in width, depth and resolution."""

import math

from keras import layers

# Kernel, blocks, filters in and out, expansion, stride.
STAGES = (
    (3, 1, 32, 16, 1, 1),
    (3, 2, 16, 24, 6, 2),
    (5, 2, 24, 40, 6, 2),
    (3, 3, 40, 80, 6, 2),
    (5, 3, 80, 112, 6, 1),
    (5, 4, 112, 192, 6, 2),
    (3, 1, 192, 320, 6, 1),
)


def _norm(x, name, activation=None):
    x = layers.BatchNormalization(axis=3, name=name)(x)
    return layers.Activation("swish", name=activation)(x) if activation else x


def _block(inputs, drop_rate, name, kernel, filters_in, filters_out, expansion, stride):
    filters = filters_in * expansion
    x = inputs
    if expansion != 1:
        x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=name + "expand_conv")(x)
        x = _norm(x, name + "expand_bn", name + "expand_activation")
    if stride == 2:
        x = layers.ZeroPadding2D(padding=padding_for(x, kernel), name=name + "dwconv_pad")(x)
    x = layers.DepthwiseConv2D(kernel, strides=stride, padding="valid" if stride == 2 else "same", use_bias=False,
                               name=name + "dwconv")(x)
    x = _norm(x, name + "bn", name + "activation")
    x = weighed(x, filters_in, filters, name)
    x = layers.Conv2D(filters_out, 1, padding="same", use_bias=False, name=name + "project_conv")(x)
    x = _norm(x, name + "project_bn")
    if stride == 1 and filters_in == filters_out:
        if drop_rate > 0:
            x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=name + "drop")(x)
        x = layers.add([x, inputs], name=name + "add")
    return x


def _efficientnet(width, depth, size, dropout, include_top, weights, input_tensor, input_shape, pooling, classes,
                  activation, name):
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, size, 32)
    x = layers.Normalization(axis=3)(layers.Rescaling(1.0 / 255.0)(entry))
    if weights == "imagenet":
        x = layers.Rescaling([2.1, 2.1, 2.1])(x)
    x = layers.ZeroPadding2D(padding=padding_for(x, 3), name="stem_conv_pad")(x)
    x = layers.Conv2D(divisible(32 * width), 3, strides=2, padding="valid", use_bias=False, name="stem_conv")(x)
    x = _norm(x, "stem_bn", "stem_activation")
    total = sum(math.ceil(depth * stage[1]) for stage in STAGES)
    done = 0
    for at, (kernel, blocks, filters_in, filters_out, expansion, stride) in enumerate(STAGES, 1):
        filters_in, filters_out = divisible(filters_in * width), divisible(filters_out * width)
        for number in range(math.ceil(depth * blocks)):
            if number:
                stride, filters_in = 1, filters_out
            label = f"block{at}{chr(number + 97)}_"
            x = _block(x, 0.2 * done / total, label, kernel, filters_in, filters_out, expansion, stride)
            done += 1
    x = layers.Conv2D(divisible(1280 * width), 1, padding="same", use_bias=False, name="top_conv")(x)
    x = _norm(x, "top_bn", "top_activation")
    x = efficientnet_top(x, include_top, dropout, classes, activation, weights, pooling)
    return finished(entry, input_tensor, x, name)


def _constructor(number, width, depth, size, dropout):
    def construct(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None,
                  classes=1000, classifier_activation="softmax", name=f"efficientnetb{number}"):
        return _efficientnet(width, depth, size, dropout, include_top, weights, input_tensor, input_shape, pooling,
                             classes, classifier_activation, name)

    return construct


EfficientNetB0 = _constructor(0, 1.0, 1.0, 224, 0.2)
EfficientNetB1 = _constructor(1, 1.0, 1.1, 240, 0.2)
EfficientNetB2 = _constructor(2, 1.1, 1.2, 260, 0.3)
EfficientNetB3 = _constructor(3, 1.2, 1.4, 300, 0.3)
EfficientNetB4 = _constructor(4, 1.4, 1.8, 380, 0.4)
EfficientNetB5 = _constructor(5, 1.6, 2.2, 456, 0.4)
EfficientNetB6 = _constructor(6, 1.8, 2.6, 528, 0.5)
EfficientNetB7 = _constructor(7, 2.0, 3.1, 600, 0.5)
