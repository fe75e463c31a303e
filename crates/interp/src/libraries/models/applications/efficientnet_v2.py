"""EfficientNetV2 B0 to B3, S, M and L: fused blocks first, then those that weigh their channels."""

import math

from keras import layers

# Whether fused, blocks, filters in and out, expansion, stride.
B = (
    (True, 1, 32, 16, 1, 1),
    (True, 2, 16, 32, 4, 2),
    (True, 2, 32, 48, 4, 2),
    (False, 3, 48, 96, 4, 2),
    (False, 5, 96, 112, 6, 1),
    (False, 8, 112, 192, 6, 2),
)
S = (
    (True, 2, 24, 24, 1, 1),
    (True, 4, 24, 48, 4, 2),
    (True, 4, 48, 64, 4, 2),
    (False, 6, 64, 128, 4, 2),
    (False, 9, 128, 160, 6, 1),
    (False, 15, 160, 256, 6, 2),
)
M = (
    (True, 3, 24, 24, 1, 1),
    (True, 5, 24, 48, 4, 2),
    (True, 5, 48, 80, 4, 2),
    (False, 7, 80, 160, 4, 2),
    (False, 14, 160, 176, 6, 1),
    (False, 18, 176, 304, 6, 2),
    (False, 5, 304, 512, 6, 1),
)
L = (
    (True, 4, 32, 32, 1, 1),
    (True, 7, 32, 64, 4, 2),
    (True, 7, 64, 96, 4, 2),
    (False, 10, 96, 192, 4, 2),
    (False, 19, 192, 224, 6, 1),
    (False, 25, 224, 384, 6, 2),
    (False, 7, 384, 640, 6, 1),
)


def _norm(x, name, activation=None):
    x = layers.BatchNormalization(axis=3, momentum=0.9, name=name)(x)
    return layers.Activation("swish", name=activation)(x) if activation else x


def _rounded(filters, width):
    return max(8, int(filters * width + 4) // 8 * 8)


def _block(inputs, fused, filters_in, filters_out, expansion, stride, drop_rate, name):
    x, filters = inputs, filters_in * expansion
    if expansion != 1:
        kernel, strides = (3, stride) if fused else (1, 1)
        x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False,
                          name=name + "expand_conv")(x)
        x = _norm(x, name + "expand_bn", name + "expand_activation")
    if not fused:
        x = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False, name=name + "dwconv2")(x)
        x = _norm(x, name + "bn", name + "activation")
        x = weighed(x, filters_in, filters, name)
    kernel, strides = (3, stride) if fused and expansion == 1 else (1, 1)
    x = layers.Conv2D(filters_out, kernel, strides=strides, padding="same", use_bias=False,
                      name=name + "project_conv")(x)
    x = _norm(x, name + "project_bn", name + "project_activation" if fused and expansion == 1 else None)
    if stride == 1 and filters_in == filters_out:
        if drop_rate:
            x = layers.Dropout(drop_rate, noise_shape=(None, 1, 1, 1), name=name + "drop")(x)
        x = layers.add([x, inputs], name=name + "add")
    return x


def _efficientnet_v2(stages, base, width, depth, size, include_top, weights, input_tensor, input_shape, pooling, classes,
                     activation, include_preprocessing, name):
    entry = x = entrance(input_shape, input_tensor, weights, include_top, classes, size, 32)
    if include_preprocessing:
        if base and image_shape(input_shape, weights, include_top, size, 32)[2] == 3:
            x = layers.Rescaling(scale=1.0 / 255)(x)
            x = layers.Normalization(mean=[0.485, 0.456, 0.406], variance=[0.229**2, 0.224**2, 0.225**2], axis=3)(x)
        else:
            x = layers.Rescaling(scale=1.0 / 128.0, offset=-1)(x)
    x = layers.Conv2D(_rounded(stages[0][2], width), 3, strides=2, padding="same", use_bias=False, name="stem_conv")(x)
    x = _norm(x, "stem_bn", "stem_activation")
    total, done = sum(stage[1] for stage in stages), 0
    for at, (fused, blocks, filters_in, filters_out, expansion, stride) in enumerate(stages, 1):
        filters_in, filters_out = _rounded(filters_in, width), _rounded(filters_out, width)
        for number in range(math.ceil(depth * blocks)):
            if number:
                stride, filters_in = 1, filters_out
            label = f"block{at}{chr(number + 97)}_"
            x = _block(x, fused, filters_in, filters_out, expansion, stride, 0.2 * done / total, label)
            done += 1
    x = layers.Conv2D(_rounded(1280, width), 1, padding="same", use_bias=False, name="top_conv")(x)
    x = _norm(x, "top_bn", "top_activation")
    x = efficientnet_top(x, include_top, 0.2, classes, activation, weights, pooling)
    return finished(entry, input_tensor, x, name)


def _constructor(stages, title, width, depth, size):
    def construct(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None,
                  classes=1000, classifier_activation="softmax", include_preprocessing=True, name=title):
        return _efficientnet_v2(stages, title[15] == "b", width, depth, size, include_top, weights, input_tensor,
                                input_shape, pooling, classes, classifier_activation, include_preprocessing, name)

    return construct


EfficientNetV2B0 = _constructor(B, "efficientnetv2-b0", 1.0, 1.0, 224)
EfficientNetV2B1 = _constructor(B, "efficientnetv2-b1", 1.0, 1.1, 240)
EfficientNetV2B2 = _constructor(B, "efficientnetv2-b2", 1.1, 1.2, 260)
EfficientNetV2B3 = _constructor(B, "efficientnetv2-b3", 1.2, 1.4, 300)
EfficientNetV2S = _constructor(S, "efficientnetv2-s", 1.0, 1.0, 384)
EfficientNetV2M = _constructor(M, "efficientnetv2-m", 1.0, 1.0, 480)
EfficientNetV2L = _constructor(L, "efficientnetv2-l", 1.0, 1.0, 480)
