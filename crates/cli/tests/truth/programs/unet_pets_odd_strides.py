"""Segments pets: a U-Net with residual blocks, and masks of three classes."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

img_size = (32, 32)
num_classes = 3


def get_model(img_size, num_classes):
    inputs = keras.Input(shape=img_size + (3,))
    x = layers.Conv2D(8, 3, strides=2, padding="same")(inputs)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("relu")(x)
    previous = x
    for filters in [16, 32]:
        x = layers.Activation("relu")(x)
        x = layers.SeparableConv2D(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.MaxPooling2D(3, strides=2)(x)
        residual = layers.Conv2D(filters, 1, strides=2, padding="same")(previous)
        x = layers.add([x, residual])
        previous = x
    for filters in [32, 16, 8]:
        x = layers.Activation("relu")(x)
        x = layers.Conv2DTranspose(filters, 3, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.UpSampling2D(2)(x)
        residual = layers.UpSampling2D(2)(previous)
        residual = layers.Conv2D(filters, 1, padding="same")(residual)
        x = layers.add([x, residual])
        previous = x
    outputs = layers.Conv2D(num_classes, 3, activation="softmax", padding="same")(x)
    return keras.Model(inputs, outputs)


class Pets(keras.utils.Sequence):
    def __init__(self, batch_size, count):
        super().__init__()
        self.batch_size, self.count = batch_size, count

    def __len__(self):
        return self.count // self.batch_size

    def __getitem__(self, idx):
        x = np.zeros((self.batch_size,) + img_size + (3,), dtype="float32")
        y = np.zeros((self.batch_size,) + img_size + (1,), dtype="uint8")
        for j in range(self.batch_size):
            x[j] = np.random.random(img_size + (3,))
            mask = np.random.randint(1, 4, img_size)
            y[j] = np.expand_dims(mask, 2)
            y[j] -= 1
        return x, y


model = get_model(img_size, num_classes)
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy")
gen = Pets(4, 12)
model.fit(gen, epochs=1, validation_data=Pets(2, 4), verbose=0)
preds = model.predict(gen, verbose=0)
mask = np.expand_dims(np.argmax(preds[0], axis=-1), axis=-1)
print(preds.shape, mask.shape)
