"""Cracks in concrete: a small U-Net with focal and dice losses, and a threshold metric."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

SIZE = 48


def dice_coef(y_true, y_pred, smooth=1.0):
    y_true_f = tf.reshape(y_true, [-1])
    y_pred_f = tf.reshape(y_pred, [-1])
    inter = tf.reduce_sum(y_true_f * y_pred_f)
    return (2.0 * inter + smooth) / (tf.reduce_sum(y_true_f) + tf.reduce_sum(y_pred_f) + smooth)


def dice_loss(y_true, y_pred):
    return 1.0 - dice_coef(y_true, y_pred)


class FocalDice(keras.losses.Loss):
    def __init__(self, gamma=2.0, alpha=0.25, weight=0.5, name="focal_dice"):
        super().__init__(name=name)
        self.gamma, self.alpha, self.weight = gamma, alpha, weight

    def call(self, y_true, y_pred):
        y_pred = tf.clip_by_value(y_pred, 1e-7, 1.0 - 1e-7)
        pt = tf.where(tf.equal(y_true, 1.0), y_pred, 1.0 - y_pred)
        focal = -self.alpha * tf.pow(1.0 - pt, self.gamma) * tf.math.log(pt)
        return self.weight * tf.reduce_mean(focal) + (1 - self.weight) * dice_loss(y_true, y_pred)


def double_conv(x, filters):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", kernel_initializer="he_normal")(x)
        x = layers.ReLU()(x)
    return x


def unet(size, channels=1, depth=3, start=8):
    inputs = keras.Input((size, size, channels))
    skips, x = [], inputs
    for d in range(depth):
        x = double_conv(x, start * 2 ** d)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = double_conv(x, start * 2 ** depth)
    for d in reversed(range(depth)):
        x = layers.Conv2DTranspose(start * 2 ** d, 2, strides=2, padding="same")(x)
        x = layers.concatenate([x, skips[d]])
        x = double_conv(x, start * 2 ** d)
    return keras.Model(inputs, layers.Conv2D(1, 1, activation="sigmoid")(x))


rng = np.random.default_rng(3)
images = rng.random((10, SIZE, SIZE, 1)).astype("float32")
masks = (images > 0.8).astype("uint8")

model = unet(SIZE)
model.compile(keras.optimizers.Adam(1e-3), loss=FocalDice(),
              metrics=[dice_coef, keras.metrics.MeanIoU(num_classes=2), "accuracy"])
history = model.fit(images, masks, validation_split=0.2, batch_size=4, epochs=1, verbose=0)
print(sorted(history.history))
best = max(history.history["val_dice_coef"])
preds = (model.predict(images[:2], verbose=0) > 0.5).astype(np.uint8)
print(preds.shape, best >= 0)
