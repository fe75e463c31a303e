"""Models by functions that nobody calls with other sizes yet."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers


def mlp(units, dropout=0.1, classes=4):
    model = keras.Sequential()
    model.add(layers.Dense(units, activation="relu", input_shape=(20,)))
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(units // 2, activation="relu"))
    model.add(layers.Dense(classes, activation="softmax"))
    return model


def encoder(width, depth, heads=2):
    inputs = keras.Input((12, width))
    x = inputs
    for _ in range(depth):
        y = layers.MultiHeadAttention(heads, width // heads)(x, x)
        x = layers.LayerNormalization()(x + y)
        y = layers.Dense(width * 4, activation="gelu")(x)
        y = layers.Dense(width)(y)
        x = layers.LayerNormalization()(x + y)
    return keras.Model(inputs, layers.GlobalAveragePooling1D()(x))


def convolutional(filters, kernel=3):
    inputs = keras.Input((32, 8))
    x = layers.Conv1D(filters, kernel, padding="causal")(inputs)
    x = layers.Lambda(lambda t: t * 2.0)(x)
    x = layers.Conv1D(filters, kernel, strides=2)(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(1)(x))


model = mlp(32)
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
x = np.random.random((30, 20))
y = keras.utils.to_categorical(np.random.randint(0, 4, 30), 4)
model.fit(x, y, batch_size=10, epochs=1, verbose=0)
print(encoder(16, 2).output_shape, convolutional(4).output_shape)
