"""U-Net with valid convolutions and cropped skip connections, after the paper."""
import numpy as np
from tensorflow.keras import layers as L, Model


def conv_block(x, n):
    x = L.Conv2D(n, 3, activation="relu")(x)
    return L.Conv2D(n, 3, activation="relu")(x)


def crop_like(skip, x):
    dh = skip.shape[1] - x.shape[1]
    dw = skip.shape[2] - x.shape[2]
    return L.Cropping2D(((dh // 2, dh - dh // 2), (dw // 2, dw - dw // 2)))(skip)


def unet(shape, depth=2, filters=4, classes=2):
    inputs = x = L.Input(shape)
    skips = []
    for d in range(depth):
        x = conv_block(x, filters * 2 ** d)
        skips.append(x)
        x = L.MaxPooling2D()(x)
    x = conv_block(x, filters * 2 ** depth)
    for d, skip in reversed(list(enumerate(skips))):
        x = L.Conv2DTranspose(filters * 2 ** d, 2, strides=2)(x)
        x = L.Concatenate()([crop_like(skip, x), x])
        x = conv_block(x, filters * 2 ** d)
    return Model(inputs, L.Conv2D(classes, 1, activation="softmax")(x))


model = unet((60, 60, 1))
model.compile("adam", "sparse_categorical_crossentropy")
h, w = model.output_shape[1:3]
images = np.random.rand(2, 60, 60, 1)
masks = np.random.randint(0, 2, (2, h, w))
model.fit(images, masks, verbose=0)
