"""A residual network from a factory."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models


def residual_block(x, filters, stride=1, name=None):
    shortcut = x
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False, name=name + "_conv1")(x)
    x = layers.BatchNormalization(name=name + "_bn1")(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=name + "_conv2")(x)
    x = layers.BatchNormalization(name=name + "_bn2")(x)
    if stride != 1 or shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False, name=name + "_proj")(shortcut)
    x = layers.Add()([x, shortcut])
    return layers.Activation("relu")(x)


def build_model(input_shape=(32, 32, 3), num_classes=10, widths=(8, 16)):
    inputs = layers.Input(input_shape)
    x = layers.Conv2D(widths[0], 3, padding="same")(inputs)
    for stage, filters in enumerate(widths):
        for block in range(2):
            stride = 2 if block == 0 and stage > 0 else 1
            x = residual_block(x, filters, stride, name=f"stage{stage}_block{block}")
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(num_classes, activation="softmax")(x)
    return models.Model(inputs, outputs, name="resnet")


model = build_model()
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
print(model.count_params(), len(model.layers))
model.fit(np.random.rand(8, 32, 32, 3), np.random.randint(0, 10, (8,)), batch_size=4, verbose=0)
