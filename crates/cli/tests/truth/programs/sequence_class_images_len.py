import math
import numpy as np
import keras
from keras import layers


class MaskSequence(keras.utils.Sequence):
    def __init__(self, images, masks, batch_size=4, augment=None, shuffle=True, **kwargs):
        super().__init__(**kwargs)
        self.images, self.masks, self.batch_size = images, masks, batch_size
        self.augment, self.shuffle = augment, shuffle
        self.on_epoch_end()

    def __len__(self):
        return len(self.images) / self.batch_size

    def on_epoch_end(self):
        self.indexes = np.arange(len(self.images))
        if self.shuffle:
            np.random.shuffle(self.indexes)

    def __getitem__(self, i):
        ids = self.indexes[i * self.batch_size:(i + 1) * self.batch_size]
        X = np.empty((len(ids), 32, 32, 3), dtype=np.float32)
        Y = np.empty((len(ids), 32, 32, 1), dtype=np.float32)
        for k, j in enumerate(ids):
            img, msk = self.images[j], self.masks[j]
            if self.augment is not None:
                img, msk = self.augment(img, msk)
            X[k] = img / 255.0
            Y[k] = msk[..., np.newaxis]
        return X, Y


def flip(img, msk):
    return (img[:, ::-1], msk[:, ::-1]) if np.random.rand() < 0.5 else (img, msk)


def dice_coef(y_true, y_pred, smooth=1.0):
    t, p = keras.ops.reshape(y_true, (-1,)), keras.ops.reshape(y_pred, (-1,))
    inter = keras.ops.sum(t * p)
    return (2.0 * inter + smooth) / (keras.ops.sum(t) + keras.ops.sum(p) + smooth)


def bce_dice(y_true, y_pred):
    return keras.losses.binary_crossentropy(y_true, y_pred) + (1 - dice_coef(y_true, y_pred))


def conv(x, f):
    for _ in range(2):
        x = layers.Conv2D(f, 3, padding="same", kernel_initializer="he_normal")(x)
        x = layers.LeakyReLU(negative_slope=0.1)(x)
    return x


inp = layers.Input((32, 32, 3))
c1 = conv(inp, 8)
p1 = layers.MaxPooling2D()(c1)
c2 = conv(p1, 16)
u1 = layers.Conv2DTranspose(8, 2, strides=2, padding="same")(c2)
u1 = layers.concatenate([u1, c1])
out = layers.Conv2D(1, 1, activation="sigmoid")(conv(u1, 8))
unet = keras.Model(inp, out)
unet.compile("adam", loss=bce_dice, metrics=[dice_coef, keras.metrics.BinaryIoU(target_class_ids=[1])])
imgs = np.random.randint(0, 255, (10, 32, 32, 3), dtype="uint8")
msks = np.random.randint(0, 2, (10, 32, 32)).astype("uint8")
train = MaskSequence(imgs, msks, augment=flip, workers=1)
print(len(train))
unet.fit(train, epochs=1, verbose=0)
print(unet.predict(imgs[:2] / 255.0, verbose=0).shape)
