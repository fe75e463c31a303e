import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

CONFIG = {
    "blocks": [{"filters": 8, "pool": True}, {"filters": 16, "pool": True}, {"filters": 16, "pool": False}],
    "dense": [32, 16],
    "classes": 3,
    "dropout": 0.3,
}


def block(x, filters, pool, name):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False, name=f"{name}_conv")(x)
    x = layers.BatchNormalization(name=f"{name}_bn")(x)
    x = layers.ReLU(name=f"{name}_relu")(x)
    return layers.MaxPooling2D(name=f"{name}_pool")(x) if pool else x


def build(config, input_shape):
    inputs = keras.Input(input_shape)
    x = inputs
    for i, spec in enumerate(config["blocks"]):
        x = block(x, name=f"b{i}", **spec)
    x = layers.GlobalAveragePooling2D()(x)
    for units in config["dense"]:
        x = layers.Dense(units, activation="relu")(x)
        x = layers.Dropout(config["dropout"])(x)
    outputs = layers.Dense(config["classes"], activation="softmax")(x)
    return keras.Model(inputs, outputs, name="cnn")


model = build(CONFIG, (16, 16, 3))
model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"])
x, y = np.random.rand(24, 16, 16, 3), np.random.randint(0, 3, 24)
model.fit(x, y, epochs=1, batch_size=8, verbose=0)
features = keras.Model(model.input, model.get_layer("b2_pool").output)
print(features.predict(x[:2], verbose=0).shape)
