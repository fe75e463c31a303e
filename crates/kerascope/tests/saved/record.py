"""Makes the models of this folder with Keras 3, and what they predict: python record.py FOLDER."""

import sys
from pathlib import Path

import keras
import numpy as np
from keras import layers

folder = Path(sys.argv[1])
random = np.random.RandomState(0)


def sequence():
    tokens = keras.Input((6, 4))
    both = layers.Bidirectional(layers.LSTM(3, return_sequences=True))(tokens)
    attended = layers.MultiHeadAttention(2, 2)(both, both)
    shared = layers.Dense(4, activation="tanh", kernel_regularizer=keras.regularizers.L2(1e-3))
    twice = shared(shared(layers.Dense(4, kernel_initializer=keras.initializers.HeNormal())(tokens)))
    joined = layers.Concatenate()([layers.LayerNormalization()(attended), layers.Dropout(0.5)(twice)])
    pooled = layers.GlobalAveragePooling1D()(joined)
    return keras.Model(tokens, [layers.Dense(1)(pooled), layers.Dense(2, activation="softmax", name="kind")(pooled)])


def image():
    return keras.Sequential([
        keras.Input((6, 6, 1)), layers.Conv2D(2, 3, padding="same", activation="relu"), layers.BatchNormalization(),
        layers.MaxPooling2D(), layers.Flatten(), layers.Dense(2, kernel_constraint="max_norm"),
    ])


def doubled():
    x = keras.Input((3,))
    return keras.Model(x, layers.Dense(2)(layers.Lambda(lambda t: t * 2, name="doubled")(x)))


def nested():
    features = keras.Input((8,))
    hidden = layers.Dense(4, activation="tanh")(features)
    body = keras.Model(features, [hidden, layers.Dense(2)(hidden)], name="body")
    head = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.BatchNormalization()], name="head")
    pair = keras.Input((2, 8))
    first, second = body(layers.Flatten()(layers.Cropping1D((0, 1))(pair)))
    other, _ = body(layers.Flatten()(layers.Cropping1D((1, 0))(pair)))
    return keras.Model(pair, layers.Concatenate()([head(first), head(other), second]))


for make in (sequence, image, doubled, nested):
    model = make()
    model.set_weights([random.uniform(0.1, 0.6, w.shape).astype("float32") for w in model.get_weights()])
    model.save(folder / f"{make.__name__}.keras")
    x = random.uniform(-1, 1, (3, *model.inputs[0].shape[1:])).astype("float32")
    outputs = model.predict(x, verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    np.savez(folder / f"{make.__name__}.npz", x=x, **{f"y{at}": y for at, y in enumerate(outputs)})
