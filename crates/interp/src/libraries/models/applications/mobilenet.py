"""MobileNet and MobileNetV2: depthwise convolutions, whose widths scale with `alpha`."""

from keras import layers


def _size_of(input_shape, known):
    """The default size: the given one where there are weights for it."""
    if input_shape is not None and input_shape[0] == input_shape[1] and input_shape[0] in known:
        return input_shape[0]
    return 224


def _rows(input_shape, weights, include_top, known):
    """The size in the model's name."""
    size = _size_of(input_shape, known)
    shape = image_shape(input_shape, weights, include_top, size, 32)
    if weights == "imagenet" and (shape[0] != shape[1] or shape[0] not in known):
        return 224
    return shape[0]


def _separable(x, filters, alpha, depth_multiplier, stride, at):
    if stride == 2:
        x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{at}")(x)
    x = layers.DepthwiseConv2D(
        (3, 3), padding="same" if stride == 1 else "valid", depth_multiplier=depth_multiplier,
        strides=(stride, stride), use_bias=False, name=f"conv_dw_{at}",
    )(x)
    x = layers.BatchNormalization(name=f"conv_dw_{at}_bn")(x)
    x = layers.ReLU(6.0, name=f"conv_dw_{at}_relu")(x)
    x = layers.Conv2D(int(filters * alpha), (1, 1), padding="same", use_bias=False, name=f"conv_pw_{at}")(x)
    x = layers.BatchNormalization(name=f"conv_pw_{at}_bn")(x)
    return layers.ReLU(6.0, name=f"conv_pw_{at}_relu")(x)


def MobileNet(input_shape=None, alpha=1.0, depth_multiplier=1, dropout=0.001, include_top=True, weights="imagenet",
              input_tensor=None, pooling=None, classes=1000, classifier_activation="softmax", name=None):
    known = (128, 160, 192, 224)
    size = _size_of(input_shape, known)
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, size, 32)
    rows = _rows(input_shape, weights, include_top, known)
    if weights == "imagenet":
        if depth_multiplier != 1:
            raise ValueError(
                "If imagenet weights are being loaded, depth multiplier must be 1.  "
                f"Received depth_multiplier={depth_multiplier}"
            )
        if alpha not in (0.25, 0.5, 0.75, 1.0):
            raise ValueError(
                "If imagenet weights are being loaded, alpha can be one of`0.25`, `0.50`, `0.75` or `1.0` only.  "
                f"Received alpha={alpha}"
            )
    x = layers.Conv2D(int(32 * alpha), (3, 3), padding="same", use_bias=False, strides=(2, 2), name="conv1")(entry)
    x = layers.BatchNormalization(name="conv1_bn")(x)
    x = layers.ReLU(6.0, name="conv1_relu")(x)
    widths = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
    for at, (filters, stride) in enumerate(widths, 1):
        x = _separable(x, filters, alpha, depth_multiplier, stride, at)
    if include_top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Dropout(dropout, name="dropout")(x)
        x = layers.Conv2D(classes, (1, 1), padding="same", name="conv_preds")(x)
        x = layers.Reshape((classes,), name="reshape_2")(x)
        check_activation(classifier_activation, weights)
        x = layers.Activation(activation=classifier_activation, name="predictions")(x)
    else:
        x = pooled(x, pooling, named=False)
    return finished(entry, input_tensor, x, f"mobilenet_{alpha:0.2f}_{rows}" if name is None else name)


def _inverted(x, expansion, stride, alpha, filters, at):
    entry, channels, width = x, x.shape[-1], divisible(int(filters * alpha))
    prefix = f"block_{at}_" if at else "expanded_conv_"

    def norm(part):
        return layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name=prefix + part)

    if at:
        x = layers.Conv2D(expansion * channels, kernel_size=1, padding="same", use_bias=False,
                          name=prefix + "expand")(x)
        x = layers.ReLU(6.0, name=prefix + "expand_relu")(norm("expand_BN")(x))
    if stride == 2:
        x = layers.ZeroPadding2D(padding=padding_for(x, 3), name=prefix + "pad")(x)
    x = layers.DepthwiseConv2D(kernel_size=3, strides=stride, use_bias=False,
                               padding="same" if stride == 1 else "valid", name=prefix + "depthwise")(x)
    x = layers.ReLU(6.0, name=prefix + "depthwise_relu")(norm("depthwise_BN")(x))
    x = layers.Conv2D(width, kernel_size=1, padding="same", use_bias=False, name=prefix + "project")(x)
    x = norm("project_BN")(x)
    if channels == width and stride == 1:
        return layers.Add(name=prefix + "add")([entry, x])
    return x


def MobileNetV2(input_shape=None, alpha=1.0, include_top=True, weights="imagenet", input_tensor=None, pooling=None,
                classes=1000, classifier_activation="softmax", name=None):
    known = (96, 128, 160, 192, 224)
    if input_shape is None and input_tensor is not None:
        size = _size_of(tuple(input_tensor.shape[1:]), known)
    else:
        size = _size_of(input_shape, known)
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, size, 32)
    rows = _rows(input_shape, weights, include_top, known)
    if weights == "imagenet" and alpha not in (0.35, 0.50, 0.75, 1.0, 1.3, 1.4):
        raise ValueError(
            "If imagenet weights are being loaded, alpha must be one of `0.35`, `0.50`, `0.75`, `1.0`, `1.3` or `1.4` "
            f"only;  Received `alpha={alpha}`"
        )
    x = layers.Conv2D(divisible(32 * alpha), kernel_size=3, strides=(2, 2), padding="same", use_bias=False,
                      name="Conv1")(entry)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name="bn_Conv1")(x)
    x = layers.ReLU(6.0, name="Conv1_relu")(x)
    at = 0
    for filters, stride, count in ((16, 1, 1), (24, 2, 2), (32, 2, 3), (64, 2, 4), (96, 1, 3), (160, 2, 3), (320, 1, 1)):
        for number in range(count):
            x = _inverted(x, 6 if at else 1, stride if number == 0 else 1, alpha, filters, at)
            at += 1
    x = layers.Conv2D(divisible(1280 * alpha) if alpha > 1.0 else 1280, kernel_size=1, use_bias=False, name="Conv_1")(x)
    x = layers.BatchNormalization(epsilon=1e-3, momentum=0.999, name="Conv_1_bn")(x)
    x = layers.ReLU(6.0, name="out_relu")(x)
    if include_top:
        x = classifier(layers.GlobalAveragePooling2D()(x), classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, named=False)
    return finished(entry, input_tensor, x, f"mobilenetv2_{alpha:0.2f}_{rows}" if name is None else name)
