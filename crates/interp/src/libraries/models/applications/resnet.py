"""ResNet of both versions: the second normalises before it convolves."""

from keras import layers

BLOCKS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def _norm(name, relu=None):
    def apply(x):
        x = layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=name)(x)
        return layers.Activation("relu", name=relu)(x) if relu else x

    return apply


def _block(x, filters, name, stride=1, widens=False):
    before = x
    if widens:
        before = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
        before = _norm(f"{name}_0_bn")(before)
    x = layers.Conv2D(filters, 1, strides=stride, name=f"{name}_1_conv")(x)
    x = _norm(f"{name}_1_bn", f"{name}_1_relu")(x)
    x = layers.Conv2D(filters, 3, padding="same", name=f"{name}_2_conv")(x)
    x = _norm(f"{name}_2_bn", f"{name}_2_relu")(x)
    x = layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    x = _norm(f"{name}_3_bn")(x)
    x = layers.Add(name=f"{name}_add")([before, x])
    return layers.Activation("relu", name=f"{name}_out")(x)


def _block_v2(x, filters, name, stride=1, widens=False):
    before = x
    x = _norm(f"{name}_preact_bn", f"{name}_preact_relu")(x)
    if widens:
        before = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(x)
    elif stride > 1:
        before = layers.MaxPooling2D(1, strides=stride)(before)
    x = layers.Conv2D(filters, 1, strides=1, use_bias=False, name=f"{name}_1_conv")(x)
    x = _norm(f"{name}_1_bn", f"{name}_1_relu")(x)
    x = layers.ZeroPadding2D(padding=((1, 1), (1, 1)), name=f"{name}_2_pad")(x)
    x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = _norm(f"{name}_2_bn", f"{name}_2_relu")(x)
    x = layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return layers.Add(name=f"{name}_out")([before, x])


def _stacks(x, depth):
    for at, count in enumerate(BLOCKS[depth]):
        name, filters = f"conv{at + 2}", 64 * 2**at
        x = _block(x, filters, f"{name}_block1", 2 if at else 1, widens=True)
        for number in range(2, count + 1):
            x = _block(x, filters, f"{name}_block{number}")
    return x


def _stacks_v2(x, depth):
    for at, count in enumerate(BLOCKS[depth]):
        name, filters = f"conv{at + 2}", 64 * 2**at
        x = _block_v2(x, filters, f"{name}_block1", widens=True)
        for number in range(2, count):
            x = _block_v2(x, filters, f"{name}_block{number}")
        x = _block_v2(x, filters, f"{name}_block{count}", 1 if at == 3 else 2)
    return x


def _resnet(depth, second, include_top, weights, input_tensor, input_shape, pooling, classes, activation, name):
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, 224, 32)
    x = layers.ZeroPadding2D(padding=((3, 3), (3, 3)), name="conv1_pad")(entry)
    x = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
    if not second:
        x = _norm("conv1_bn", "conv1_relu")(x)
    x = layers.ZeroPadding2D(padding=((1, 1), (1, 1)), name="pool1_pad")(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    x = _stacks_v2(x, depth) if second else _stacks(x, depth)
    if second:
        x = _norm("post_bn", "post_relu")(x)
    if include_top:
        x = classifier(layers.GlobalAveragePooling2D(name="avg_pool")(x), classes, activation, weights)
    else:
        x = pooled(x, pooling)
    return finished(entry, input_tensor, x, name)


def _constructor(depth, second, usual):
    def construct(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None,
                  classes=1000, classifier_activation="softmax", name=usual):
        return _resnet(depth, second, include_top, weights, input_tensor, input_shape, pooling, classes,
                       classifier_activation, name)

    return construct


ResNet50 = _constructor(50, False, "resnet50")
ResNet101 = _constructor(101, False, "resnet101")
ResNet152 = _constructor(152, False, "resnet152")
ResNet50V2 = _constructor(50, True, "resnet50v2")
ResNet101V2 = _constructor(101, True, "resnet101v2")
ResNet152V2 = _constructor(152, True, "resnet152v2")
