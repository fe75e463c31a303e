"""U-Net with valid convolutions, trained on masks of the input's size."""
import numpy as np
from tensorflow.keras import layers as L, Model


def conv_block(x, n):
    x = L.Conv2D(n, 3, activation="relu")(x)
    return L.Conv2D(n, 3, activation="relu")(x)


inputs = L.Input((60, 60, 1))
a = conv_block(inputs, 4)
b = conv_block(L.MaxPooling2D()(a), 8)
up = L.Conv2DTranspose(4, 2, strides=2)(b)
crop = (a.shape[1] - up.shape[1]) // 2
merged = L.concatenate([L.Cropping2D(crop)(a), up])
outputs = L.Conv2D(1, 1, activation="sigmoid")(conv_block(merged, 4))
model = Model(inputs, outputs)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
images = np.random.rand(2, 60, 60, 1)
masks = np.random.randint(0, 2, (2, 60, 60, 1))
model.fit(images, masks, verbose=0)
