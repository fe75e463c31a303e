import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model


class DoubleConv(layers.Layer):
    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.net = tf.keras.Sequential([
            layers.Conv2D(filters, 3, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU(),
            layers.Conv2D(filters, 3, padding="same", use_bias=False), layers.BatchNormalization(), layers.ReLU(),
        ])

    def call(self, x, training=None):
        return self.net(x, training=training)


class UNet(Model):
    def __init__(self, classes, features=(8, 16, 32)):
        super().__init__()
        self.downs = [DoubleConv(f) for f in features]
        self.pool = layers.MaxPooling2D()
        self.bottleneck = DoubleConv(features[-1] * 2)
        self.ups = [layers.Conv2DTranspose(f, 2, strides=2) for f in reversed(features)]
        self.convs = [DoubleConv(f) for f in reversed(features)]
        self.final = layers.Conv2D(classes, 1)

    def call(self, x, training=None):
        skips = []
        for down in self.downs:
            x = down(x, training=training)
            skips.append(x)
            x = self.pool(x)
        x = self.bottleneck(x, training=training)
        for up, conv, skip in zip(self.ups, self.convs, skips[::-1]):
            x = up(x)
            x = tf.concat([skip, x], axis=-1)
            x = conv(x, training=training)
        return self.final(x)


class MeanIoU(tf.keras.metrics.MeanIoU):
    def update_state(self, y_true, y_pred, sample_weight=None):
        return super().update_state(y_true, tf.argmax(y_pred, axis=-1), sample_weight)


model = UNet(3)
model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=[MeanIoU(num_classes=3)])
x = np.random.rand(8, 36, 36, 3).astype("float32")
y = np.random.randint(0, 3, (8, 36, 36, 1))
ds = tf.data.Dataset.from_tensor_slices((x, y)).map(lambda i, m: (tf.image.random_flip_left_right(i), m)).batch(4)
model.fit(ds, epochs=1, verbose=0)
print(model(x[:1]).shape)
