import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers, mixed_precision

mixed_precision.set_global_policy("mixed_float16")


def res_block(x, filters, stride=1):
    shortcut = x
    x = layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    if stride != 1 or shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=stride, use_bias=False)(shortcut)
        shortcut = layers.BatchNormalization()(shortcut)
    return layers.ReLU()(layers.add([x, shortcut]))


inputs = keras.Input((16, 16, 3))
x = layers.Conv2D(8, 3, padding="same")(inputs)
for i, filters in enumerate([8, 16, 32]):
    x = res_block(x, filters, stride=1 if i == 0 else 2)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dense(10)(x)
outputs = layers.Activation("softmax", dtype="float32")(x)
model = keras.Model(inputs, outputs)
print(model.output.dtype, model.layers[1].compute_dtype)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
x_train, y_train = np.random.rand(16, 16, 16, 3), np.random.randint(0, 10, 16)
model.fit(x_train, y_train, batch_size=8, epochs=1, verbose=0)
pred = model.predict(x_train[:4], verbose=0)
print(pred.dtype, pred.shape)
mixed_precision.set_global_policy("float32")
