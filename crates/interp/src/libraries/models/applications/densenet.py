"""DenseNet: each convolution sees all that came before it in its block."""

from keras import layers


def _norm(name):
    return layers.BatchNormalization(axis=3, epsilon=1.001e-5, name=name)


def _densenet(blocks, include_top, weights, input_tensor, input_shape, pooling, classes, activation, name):
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, 224, 32)
    stem = "conv1/" if KERAS == 2 else "conv1_"
    x = layers.ZeroPadding2D(padding=((3, 3), (3, 3)))(entry)
    x = layers.Conv2D(64, 7, strides=2, use_bias=False, name=stem + "conv")(x)
    x = layers.Activation("relu", name=stem + "relu")(_norm(stem + "bn")(x))
    x = layers.ZeroPadding2D(padding=((1, 1), (1, 1)))(x)
    x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
    for at, count in enumerate(blocks, 2):
        for number in range(1, count + 1):
            part = f"conv{at}_block{number}_"
            new = layers.Activation("relu", name=part + "0_relu")(_norm(part + "0_bn")(x))
            new = layers.Conv2D(128, 1, use_bias=False, name=part + "1_conv")(new)
            new = layers.Activation("relu", name=part + "1_relu")(_norm(part + "1_bn")(new))
            new = layers.Conv2D(32, 3, padding="same", use_bias=False, name=part + "2_conv")(new)
            x = layers.Concatenate(axis=3, name=part + "concat")([x, new])
        if at < 5:
            x = layers.Activation("relu", name=f"pool{at}_relu")(_norm(f"pool{at}_bn")(x))
            x = layers.Conv2D(int(x.shape[3] * 0.5), 1, use_bias=False, name=f"pool{at}_conv")(x)
            x = layers.AveragePooling2D(2, strides=2, name=f"pool{at}_pool")(x)
    x = layers.Activation("relu", name="relu")(_norm("bn")(x))
    if include_top:
        x = classifier(layers.GlobalAveragePooling2D(name="avg_pool")(x), classes, activation, weights)
    else:
        x = pooled(x, pooling)
    return finished(entry, input_tensor, x, name)


def _constructor(blocks, usual):
    def construct(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None,
                  classes=1000, classifier_activation="softmax", name=usual):
        return _densenet(blocks, include_top, weights, input_tensor, input_shape, pooling, classes,
                         classifier_activation, name)

    return construct


DenseNet121 = _constructor((6, 12, 24, 16), "densenet121")
DenseNet169 = _constructor((6, 12, 32, 32), "densenet169")
DenseNet201 = _constructor((6, 12, 48, 32), "densenet201")
