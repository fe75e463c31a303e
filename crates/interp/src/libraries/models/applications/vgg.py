"""VGG16 and VGG19: blocks of 3x3 convolutions, each halved by pooling."""

from keras import layers


def _vgg(deep, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name):
    entry = entrance(input_shape, input_tensor, weights, include_top, classes, 224, 32)
    x = entry
    for block, (filters, count) in enumerate(zip((64, 128, 256, 512, 512), (2, 2, deep, deep, deep)), 1):
        for conv in range(1, count + 1):
            x = layers.Conv2D(
                filters, (3, 3), activation="relu", padding="same", name=f"block{block}_conv{conv}"
            )(x)
        x = layers.MaxPooling2D((2, 2), strides=(2, 2), name=f"block{block}_pool")(x)
    if include_top:
        x = layers.Flatten(name="flatten")(x)
        for at in (1, 2):
            x = layers.Dense(4096, activation="relu", name=f"fc{at}")(x)
        x = classifier(x, classes, classifier_activation, weights)
    else:
        x = pooled(x, pooling, named=False)
    return finished(entry, input_tensor, x, name)


def VGG16(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=1000,
          classifier_activation="softmax", name="vgg16"):
    return _vgg(3, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)


def VGG19(include_top=True, weights="imagenet", input_tensor=None, input_shape=None, pooling=None, classes=1000,
          classifier_activation="softmax", name="vgg19"):
    return _vgg(4, include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name)
