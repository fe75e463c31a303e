"""A tiny YOLO: a grid with boxes and classes in one tensor, with a loss that takes it apart."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Conv2D, MaxPooling2D, LeakyReLU, BatchNormalization, Reshape, Concatenate, Activation

GRID, BOXES, CLASSES = 4, 2, 3


def block(x, filters, pool=True):
    x = Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = BatchNormalization()(x)
    x = LeakyReLU()(x)
    return MaxPooling2D()(x) if pool else x


def tiny_yolo(size=32):
    image = Input((size, size, 3))
    x = image
    for filters in (8, 16, 32):
        x = block(x, filters)
    x = Conv2D(BOXES * (5 + CLASSES), 1)(x)
    grid = Reshape((GRID, GRID, BOXES, 5 + CLASSES))(x)
    return Model(image, grid, name="tiny_yolo")


def yolo_loss(y_true, y_pred):
    true_xy, true_wh, true_obj, true_cls = tf.split(y_true, [2, 2, 1, CLASSES], axis=-1)
    pred_xy, pred_wh, pred_obj, pred_cls = tf.split(y_pred, [2, 2, 1, CLASSES], axis=-1)
    obj = tf.squeeze(true_obj, axis=-1)
    xy = tf.reduce_sum(tf.square(true_xy - tf.sigmoid(pred_xy)), axis=-1) * obj
    wh = tf.reduce_sum(tf.square(tf.sqrt(tf.abs(true_wh)) - tf.sqrt(tf.abs(tf.exp(pred_wh)))), axis=-1) * obj
    conf = tf.keras.losses.binary_crossentropy(true_obj, pred_obj, from_logits=True)
    cls = tf.keras.losses.categorical_crossentropy(true_cls, pred_cls, from_logits=True) * obj
    return tf.reduce_sum(5.0 * (xy + wh) + conf + cls, axis=[1, 2, 3])


def make_targets(n):
    y = np.zeros((n, GRID, GRID, BOXES, 5 + CLASSES), dtype=np.float32)
    for i in range(n):
        for _ in range(2):
            r, c, b = np.random.randint(GRID), np.random.randint(GRID), np.random.randint(BOXES)
            y[i, r, c, b, :4] = np.random.rand(4)
            y[i, r, c, b, 4] = 1
            y[i, r, c, b, 5 + np.random.randint(CLASSES)] = 1
    return y


model = tiny_yolo(48)
model.compile(optimizer="adam", loss=yolo_loss)
x = np.random.rand(8, 32, 32, 3).astype(np.float32)
y = make_targets(8)
model.fit(x, y, batch_size=4, epochs=1, verbose=0)
raw = model.predict(x[:1], verbose=0)[0]
boxes = raw[..., :4].reshape(-1, 4)
scores = 1 / (1 + np.exp(-raw[..., 4].reshape(-1)))
keep = tf.image.non_max_suppression(boxes, scores, max_output_size=5, iou_threshold=0.5)
print(boxes.shape, int(keep.shape[0]) <= 5)
