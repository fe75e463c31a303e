"""Residual blocks as layers and a network as a subclass, saved and loaded again."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Block(layers.Layer):
    def __init__(self, filters, stride=1, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.stride = filters, stride
        self.conv1 = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)
        self.bn1 = layers.BatchNormalization()
        self.conv2 = layers.Conv2D(filters, 3, padding="same", use_bias=False)
        self.bn2 = layers.BatchNormalization()
        self.shortcut = None

    def build(self, input_shape):
        if self.stride != 1 or input_shape[-1] != self.filters:
            self.shortcut = layers.Conv2D(self.filters, 1, strides=self.stride, use_bias=False)
        super().build(input_shape)

    def call(self, inputs, training=None):
        x = tf.nn.relu(self.bn1(self.conv1(inputs), training=training))
        x = self.bn2(self.conv2(x), training=training)
        identity = inputs if self.shortcut is None else self.shortcut(inputs)
        return tf.nn.relu(x + identity)

    def get_config(self):
        return {**super().get_config(), "filters": self.filters, "stride": self.stride}


class ResNet(keras.Model):
    def __init__(self, depths=(1, 1), classes=5, **kwargs):
        super().__init__(**kwargs)
        self.stem = layers.Conv2D(8, 3, padding="same")
        self.blocks = []
        for stage, depth in enumerate(depths):
            for i in range(depth):
                stride = 2 if stage > 0 and i == 0 else 1
                self.blocks.append(Block(8 * 2**stage, stride))
        self.pool = layers.GlobalAveragePooling2D()
        self.head = layers.Dense(classes)

    def call(self, inputs, training=False):
        x = self.stem(inputs)
        for block in self.blocks:
            x = block(x, training=training)
        return self.head(self.pool(x))


x = np.random.random((12, 16, 16, 3)).astype("float32")
y = np.random.randint(0, 5, (12,))
model = ResNet((1, 2))
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), ["accuracy"])
model.fit(x, y, batch_size=4, epochs=1, verbose=0)
model.save_weights("resnet.weights.h5")
again = ResNet((1, 2))
again(x[:1])
again.load_weights("resnet.weights.h5")
print(np.allclose(model.predict(x, verbose=0), again.predict(x, verbose=0)))
