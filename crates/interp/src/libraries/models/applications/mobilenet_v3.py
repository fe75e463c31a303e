"""MobileNetV3, small and large: inverted residuals, some of which weigh their channels."""

from keras import layers

# Expansion, filters, whether the kernel is the wide one, stride, whether channels are weighed, whether swish is used.
SMALL = (
    (1, 16, False, 2, True, False),
    (72.0 / 16, 24, False, 2, False, False),
    (88.0 / 24, 24, False, 1, False, False),
    (4, 40, True, 2, True, True),
    (6, 40, True, 1, True, True),
    (6, 40, True, 1, True, True),
    (3, 48, True, 1, True, True),
    (3, 48, True, 1, True, True),
    (6, 96, True, 2, True, True),
    (6, 96, True, 1, True, True),
    (6, 96, True, 1, True, True),
)
LARGE = (
    (1, 16, False, 1, False, False),
    (4, 24, False, 2, False, False),
    (3, 24, False, 1, False, False),
    (3, 40, True, 2, True, False),
    (3, 40, True, 1, True, False),
    (3, 40, True, 1, True, False),
    (6, 80, False, 2, False, True),
    (2.5, 80, False, 1, False, True),
    (2.3, 80, False, 1, False, True),
    (2.3, 80, False, 1, False, True),
    (6, 112, False, 1, True, True),
    (6, 112, False, 1, True, True),
    (6, 160, True, 2, True, True),
    (6, 160, True, 1, True, True),
    (6, 160, True, 1, True, True),
)
# Keras 2 writes names of layers with slashes.
SEPARATOR = "/" if KERAS == 2 else "_"
NORM = "/BatchNorm" if KERAS == 2 else "_bn"


def _part(new, old):
    return new if KERAS == 3 else old


def _hard_sigmoid(x):
    return layers.ReLU(6.0)(x + 3.0) * (1.0 / 6.0)


def _relu(x):
    return layers.ReLU()(x)


def _hard_swish(x):
    return layers.Activation("hard_swish")(x) if KERAS == 3 else layers.Multiply()([x, _hard_sigmoid(x)])


def _norm(x, name):
    return layers.BatchNormalization(axis=-1, epsilon=1e-3, momentum=0.999, name=name + NORM)(x)


def _weighed(inputs, filters, prefix):
    prefix += "squeeze_excite" + SEPARATOR
    x = layers.GlobalAveragePooling2D(keepdims=True, name=prefix + _part("avg_pool", "AvgPool"))(inputs)
    x = layers.Conv2D(divisible(filters * 0.25), kernel_size=1, padding="same",
                      name=prefix + _part("conv", "Conv"))(x)
    x = layers.ReLU(name=prefix + _part("relu", "Relu"))(x)
    x = layers.Conv2D(filters, kernel_size=1, padding="same", name=prefix + _part("conv_1", "Conv_1"))(x)
    x = _hard_sigmoid(x)
    return layers.Multiply(name=prefix + _part("mul", "Mul"))([inputs, x])


def _block(x, at, expansion, filters, kernel, stride, weighs, activation):
    entry, channels = x, x.shape[-1]
    prefix = "expanded_conv" + (f"_{at}" if at else "") + SEPARATOR
    if at:
        x = layers.Conv2D(divisible(channels * expansion), kernel_size=1, padding="same", use_bias=False,
                          name=prefix + "expand")(x)
        x = activation(_norm(x, prefix + "expand"))
    if stride == 2:
        x = layers.ZeroPadding2D(padding=padding_for(x, kernel), name=prefix + "depthwise" + SEPARATOR + "pad")(x)
    x = layers.DepthwiseConv2D(kernel, strides=stride, padding="same" if stride == 1 else "valid", use_bias=False,
                               name=prefix + "depthwise")(x)
    x = activation(_norm(x, prefix + "depthwise"))
    if weighs:
        x = _weighed(x, divisible(channels * expansion), prefix)
    x = layers.Conv2D(filters, kernel_size=1, padding="same", use_bias=False, name=prefix + "project")(x)
    x = _norm(x, prefix + "project")
    return layers.Add(name=prefix + _part("add", "Add"))([entry, x]) if stride == 1 and channels == filters else x


def _image_shape(shape, tensor, weights, include_top, classes):
    if weights == "imagenet" and include_top and classes != 1000:
        using = '`weights="imagenet"` with `include_top`' if KERAS == 3 else '`weights` as `"imagenet"` with `include_top`'
        raise ValueError(f"If using {using} as true, `classes` should be 1000.  Received classes={classes}")
    if shape is None:
        shape = (None, None, 3) if tensor is None else (tensor.shape[2], tensor.shape[1], 3)
    elif tensor is not None and tensor.shape[2] != shape[1]:
        raise ValueError("input_shape[1] must equal the width of input_tensor.")
    rows, columns = shape[0], shape[1]
    if rows and columns and (rows < 32 or columns < 32):
        raise ValueError(f"Input size must be at least 32x32; Received `input_shape={shape}`")
    return shape


def _mobilenet_v3(blocks, last, input_shape, alpha, minimalistic, include_top, weights, input_tensor, classes, pooling,
                  dropout_rate, classifier_activation, include_preprocessing, name):
    shape = _image_shape(input_shape, input_tensor, weights, include_top, classes)
    if weights == "imagenet" and alpha not in ((1.0,) if minimalistic else (0.75, 1.0)):
        raise ValueError(
            "If imagenet weights are being loaded, alpha can be one of `0.75`, `1.0` for non minimalistic or `1.0` for "
            "minimalistic only."
        )
    entry = x = layers.Input(shape=shape) if input_tensor is None else input_tensor
    swish = _relu if minimalistic else _hard_swish
    if include_preprocessing:
        x = layers.Rescaling(scale=1.0 / 127.5, offset=-1.0)(x)
    x = layers.Conv2D(16, kernel_size=3, strides=(2, 2), padding="same", use_bias=False, name=_part("conv", "Conv"))(x)
    x = swish(_norm(x, _part("conv", "Conv")))
    for at, (expansion, filters, wide, stride, weighs, swishes) in enumerate(blocks):
        kernel = 5 if wide and not minimalistic else 3
        x = _block(x, at, expansion, divisible(filters * alpha), kernel, stride, weighs and not minimalistic,
                   swish if swishes else _relu)
    x = layers.Conv2D(divisible(x.shape[-1] * 6), kernel_size=1, padding="same", use_bias=False,
                      name=_part("conv_1", "Conv_1"))(x)
    x = swish(_norm(x, _part("conv_1", "Conv_1")))
    if include_top:
        x = layers.GlobalAveragePooling2D(keepdims=True)(x)
        x = layers.Conv2D(divisible(last * alpha) if alpha > 1.0 else last, kernel_size=1, padding="same",
                          use_bias=True, name=_part("conv_2", "Conv_2"))(x)
        x = swish(x)
        if dropout_rate > 0:
            x = layers.Dropout(dropout_rate)(x)
        x = layers.Conv2D(classes, kernel_size=1, padding="same", name=_part("logits", "Logits"))(x)
        x = layers.Flatten()(x)
        check_activation(classifier_activation, weights)
        x = layers.Activation(activation=classifier_activation, name="predictions" if KERAS == 3 else "Predictions")(x)
    else:
        x = pooled(x, pooling)
    return finished(entry, input_tensor, x, name)


def _constructor(blocks, last, title):
    def construct(input_shape=None, alpha=1.0, minimalistic=False, include_top=True, weights="imagenet",
                  input_tensor=None, classes=1000, pooling=None, dropout_rate=0.2, classifier_activation="softmax",
                  include_preprocessing=True, name=title):
        return _mobilenet_v3(blocks, last, input_shape, alpha, minimalistic, include_top, weights, input_tensor,
                             classes, pooling, dropout_rate, classifier_activation, include_preprocessing, name)

    return construct


MobileNetV3Small = _constructor(SMALL, 1024, _part("MobileNetV3Small", "MobilenetV3small"))
MobileNetV3Large = _constructor(LARGE, 1280, _part("MobileNetV3Large", "MobilenetV3large"))
