"""Tiles of a large picture, given by a generator through from_generator, with augmentation in map."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models

TILE, CHANNELS, CLASSES = 24, 4, 5
rng = np.random.default_rng(11)
scene = rng.random((120, 144, CHANNELS)).astype("float32")
land = rng.integers(0, CLASSES, size=(120 // TILE, 144 // TILE))


def tiles():
    for r in range(scene.shape[0] // TILE):
        for c in range(scene.shape[1] // TILE):
            yield scene[r * TILE:(r + 1) * TILE, c * TILE:(c + 1) * TILE], land[r, c]


def augment(tile, label):
    tile = tf.image.random_flip_left_right(tile)
    tile = tf.image.rot90(tile, k=tf.random.uniform([], 0, 4, dtype=tf.int32))
    rgb = tile[..., :3]
    ndvi = (tile[..., 3:] - rgb[..., :1]) / (tile[..., 3:] + rgb[..., :1] + 1e-6)
    return tf.concat([rgb, ndvi], axis=-1), tf.one_hot(label, CLASSES)


ds = tf.data.Dataset.from_generator(
    tiles,
    output_signature=(
        tf.TensorSpec(shape=(TILE, TILE, CHANNELS), dtype=tf.float32),
        tf.TensorSpec(shape=(), dtype=tf.int32),
    ),
)
count = sum(1 for _ in ds)
train = ds.take(int(count * 0.8)).map(augment, num_parallel_calls=tf.data.AUTOTUNE).repeat().batch(6).prefetch(1)
val = ds.skip(int(count * 0.8)).map(augment).batch(6)

model = models.Sequential([
    layers.Input((TILE, TILE, CHANNELS)),
    layers.Conv2D(16, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.SeparableConv2D(32, 3, activation="relu"),
    layers.GlobalMaxPooling2D(),
    layers.Dense(CLASSES, activation="softmax"),
])
model.compile("nadam", "categorical_crossentropy", metrics=["categorical_accuracy"])
model.fit(train, steps_per_epoch=4, epochs=2, validation_data=val, verbose=0)
grid = model.predict(ds.map(lambda pair: pair[0]).batch(10), verbose=0).argmax(-1).reshape(land.shape)
print(grid.shape, count)
