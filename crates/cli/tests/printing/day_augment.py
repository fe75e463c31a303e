import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
np.set_printoptions(precision=3, suppress=True)
x = (np.arange(16).reshape(1, 4, 4, 1) * 0.037).astype("float32")
fixed = [layers.RandomRotation((0.25, 0.25)), layers.RandomRotation((0.1, 0.1), fill_mode="constant", fill_value=0.5), layers.RandomZoom((0.3, 0.3), (0.15, 0.15)), layers.RandomZoom((-0.2, -0.2), fill_mode="nearest"), layers.RandomTranslation((0.25, 0.25), (-0.25, -0.25)), layers.RandomTranslation((0.1, 0.1), (0.3, 0.3), fill_mode="wrap"), layers.RandomTranslation((0.5, 0.5), (0.3, 0.3), interpolation="nearest"), layers.RandomBrightness((0.2, 0.2), value_range=(0, 1)), layers.Resizing(2, 3), layers.CenterCrop(2, 2)]
for layer in fixed:
    print(layer.name, layer(x, training=True).numpy()[0, :, :, 0], layer(x, training=False).shape)
print(tf.image.stateless_random_flip_left_right(x, seed=(1, 2)).numpy()[0, :, :, 0])
print(tf.image.stateless_random_brightness(x, 0.3, seed=(1, 2)).numpy()[0, :, :, 0])
print(tf.image.stateless_random_contrast(x, 0.3, 0.9, seed=(1, 2)).numpy()[0, :, :, 0])
flipped = layers.RandomFlip("horizontal_and_vertical")(x, training=True).numpy()
print(sorted(flipped.ravel()) == sorted(x.ravel()), flipped.shape)
m = keras.Sequential([keras.Input((4, 4, 1)), layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.1), layers.RandomContrast(0.1), layers.Flatten(), layers.Dense(2)])
m.compile("adam", "mse")
h = m.fit(np.repeat(x, 6, 0), np.zeros((6, 2)), epochs=2, batch_size=2, verbose=0)
print(list(h.history), len(h.history["loss"]), m.predict(x, verbose=0).shape)
def batches(size):
    at = 0
    while True:
        rows = np.zeros((size, 3, 2), "float32")
        for row in range(size):
            rows[row, at % 3, row % 2] = at
            rows[row, -1] = [1, 2]
            at += 1
        yield rows, rows.sum(axis=(1, 2)).reshape(-1, 1)
m = keras.Sequential([keras.Input((3, 2)), layers.Flatten(), layers.Dense(1, kernel_initializer="zeros")])
m.compile(keras.optimizers.SGD(0.0), "mse")
h = m.fit(batches(4), steps_per_epoch=3, epochs=1, validation_data=batches(2), validation_steps=2, verbose=0)
print({k: np.round(v, 2).tolist() for k, v in h.history.items()})
lookup = layers.StringLookup(vocabulary=["a", "b"])
i = keras.Input((1,), dtype="string")
m = keras.Model(i, layers.Dense(1)(layers.Flatten()(layers.Embedding(4, 3)(lookup(i)))))
m.compile("sgd", "mse")
m.fit(tf.constant([["a"], ["b"], ["c"]]), np.ones((3, 1)), verbose=0)
print(m.predict(tf.constant([["a"], ["z"]]), verbose=0).shape, [w.shape for w in m.get_weights()])
print(pd.crosstab(np.array([0, 1, 1, 0]), np.array([0, 0, 1, 0])))
frame = pd.DataFrame({"user": [3, 1, 4, 1], "kind": ["x", "y", "x", "y"]})
print(pd.crosstab(frame["kind"], frame["user"]))
first = frame["user"].iloc[1]
print(frame[frame["user"] == first], 4 in frame["user"].values, 9 not in frame["user"].values)
print(pd.Series([1.0, np.nan, 3.0]).ffill().tolist(), pd.Series([np.nan, 2.0]).bfill().tolist(), frame.sort_index(ascending=False))
print(tf.strings.to_hash_bucket_fast(["a", "hello", "a text that is longer than thirty-two bytes"], 1000), tf.strings.as_string([1.5, 2.0]))
