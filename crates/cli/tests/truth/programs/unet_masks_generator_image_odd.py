import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model, Input
from tensorflow.keras import backend as K
from tensorflow.keras.utils import Sequence

IMG = 36


class MaskSequence(Sequence):
    def __init__(self, ids, batch_size=4, n_classes=1, shuffle=True, **kwargs):
        super().__init__(**kwargs)
        self.ids = ids
        self.batch_size = batch_size
        self.n_classes = n_classes
        self.shuffle = shuffle
        self.on_epoch_end()

    def __len__(self):
        return int(np.floor(len(self.ids) / self.batch_size))

    def __getitem__(self, index):
        batch = self.ids[index * self.batch_size:(index + 1) * self.batch_size]
        X = np.empty((self.batch_size, IMG, IMG, 3), dtype=np.float32)
        y = np.empty((self.batch_size, IMG, IMG, self.n_classes), dtype=np.float32)
        for i, name in enumerate(batch):
            X[i] = np.random.rand(IMG, IMG, 3)
            y[i] = (np.random.rand(IMG, IMG, self.n_classes) > 0.5)
        return X, y

    def on_epoch_end(self):
        self.indexes = np.arange(len(self.ids))
        if self.shuffle:
            np.random.shuffle(self.indexes)


def dice_coef(y_true, y_pred, smooth=1.0):
    y_true_f = tf.reshape(y_true, [-1])
    y_pred_f = tf.reshape(y_pred, [-1])
    intersection = tf.reduce_sum(y_true_f * y_pred_f)
    return (2.0 * intersection + smooth) / (tf.reduce_sum(y_true_f) + tf.reduce_sum(y_pred_f) + smooth)


def dice_loss(y_true, y_pred):
    return 1.0 - dice_coef(y_true, y_pred)


def bce_dice(y_true, y_pred):
    return tf.keras.losses.binary_crossentropy(y_true, y_pred) + dice_loss(y_true, y_pred)


def double_conv(x, f):
    x = layers.Conv2D(f, 3, padding="same", kernel_initializer="he_normal")(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(f, 3, padding="same", kernel_initializer="he_normal")(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x)


def build_unet(shape=(IMG, IMG, 3), start=4, depth=3, n_classes=1):
    inputs = Input(shape)
    skips = []
    x = inputs
    for d in range(depth):
        x = double_conv(x, start * 2 ** d)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = double_conv(x, start * 2 ** depth)
    for d in reversed(range(depth)):
        x = layers.Conv2DTranspose(start * 2 ** d, 2, strides=2, padding="same")(x)
        x = layers.concatenate([x, skips[d]])
        x = double_conv(x, start * 2 ** d)
    out = layers.Conv2D(n_classes, 1, activation="sigmoid")(x)
    return Model(inputs, out)


ids = [f"case_{i:03d}.png" for i in range(12)]
train_gen = MaskSequence(ids[:8])
val_gen = MaskSequence(ids[8:])
model = build_unet()
model.compile(optimizer="adam", loss=bce_dice, metrics=[dice_coef, tf.keras.metrics.MeanIoU(num_classes=2)])
model.fit(train_gen, validation_data=val_gen, epochs=1, verbose=0)
X, y = val_gen[0]
pred = (model.predict(X, verbose=0) > 0.5).astype(np.uint8)
iou = np.logical_and(y, pred).sum() / np.logical_or(y, pred).sum()
print(iou >= 0, pred.squeeze().shape)
