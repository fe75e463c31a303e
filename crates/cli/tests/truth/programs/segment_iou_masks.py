"""Segmentation with mean IoU on the classes of the largest scores."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

CLASSES = 4
images = np.random.rand(12, 16, 16, 3).astype("float32")
masks = np.random.randint(0, CLASSES, (12, 16, 16))
inputs = layers.Input((16, 16, 3))
x = layers.Conv2D(8, 3, padding="same", activation="relu")(inputs)
x = layers.MaxPooling2D()(x)
x = layers.Conv2D(16, 3, padding="same", activation="relu")(x)
x = layers.UpSampling2D()(x)
outputs = layers.Conv2D(CLASSES, 1, activation="softmax")(x)
model = tf.keras.Model(inputs, outputs)
iou = tf.keras.metrics.OneHotMeanIoU(num_classes=CLASSES)
onehot = tf.keras.utils.to_categorical(masks, CLASSES)
model.compile("adam", "categorical_crossentropy", metrics=["accuracy", iou])
model.fit(images, onehot, batch_size=6, epochs=1, verbose=0)
print(model.evaluate(images, onehot, verbose=0)[0] > 0)
