import tensorflow as tf
from tensorflow.keras import layers, Model, Input
import numpy as np


class SqueezeExcite(layers.Layer):
    def __init__(self, ratio=4, **kw):
        super(SqueezeExcite, self).__init__(**kw)
        self.ratio = ratio

    def build(self, input_shape):
        channels = input_shape[-1]
        self.pool = layers.GlobalAveragePooling2D()
        self.reduce = layers.Dense(channels // self.ratio, activation="relu")
        self.expand = layers.Dense(channels, activation="sigmoid")
        self.reshape = layers.Reshape((1, 1, channels))

    def call(self, x):
        s = self.pool(x)
        s = self.reduce(s)
        s = self.expand(s)
        return x * self.reshape(s)

    def get_config(self):
        cfg = super().get_config()
        cfg["ratio"] = self.ratio
        return cfg


def mbconv(x, filters, expand=4, stride=1, se=True):
    inp = x
    c = x.shape[-1]
    x = layers.Conv2D(c * expand, 1, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("swish")(x)
    x = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.Activation("swish")(x)
    if se:
        x = SqueezeExcite()(x)
    x = layers.Conv2D(filters, 1, use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    if stride == 1 and c == filters:
        x = layers.Add()([inp, x])
    return x


def build(cfg):
    inp = Input(cfg["shape"])
    x = layers.Conv2D(cfg["stem"], 3, strides=2, padding="same")(inp)
    for stage in cfg["stages"]:
        for i in range(stage["repeat"]):
            x = mbconv(x, stage["filters"], stride=stage["stride"] if i == 0 else 1)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(cfg.get("dropout", 0.2))(x)
    out = layers.Dense(cfg["classes"], activation="softmax")(x)
    return Model(inp, out)


CONFIG = {
    "shape": (32, 32, 3),
    "stem": 8,
    "stages": [
        dict(filters=8, repeat=1, stride=1),
        dict(filters=16, repeat=2, stride=2),
    ],
    "classes": 5,
}

model = build(CONFIG)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
x = np.random.rand(12, 32, 32, 3).astype(np.float32)
y = np.random.randint(0, 5, size=(12,))
model.fit(x, y, epochs=1, batch_size=4, verbose=0)
print(model.predict(x[:3]).shape)
