"""Looks at the first batch of a pipeline, then trains on it."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

images = np.random.randint(0, 255, size=(50, 28, 28)).astype("uint8")
labels = np.random.randint(0, 10, size=(50,))


def scale(image, label):
    image = tf.cast(image, tf.float32) / 255.0
    return tf.expand_dims(image, -1), label


ds = tf.data.Dataset.from_tensor_slices((images, labels))
ds = ds.filter(lambda image, label: label < 9).map(scale).shuffle(50).batch(8).prefetch(tf.data.AUTOTUNE)

for batch, target in ds:
    first = batch.numpy()[0]
    print(batch.shape, target.shape)
    break
print(first.shape, first.reshape(28, 28).max())

count = 0
for batch, target in ds:
    count += batch.shape[0]
print(1.0 / count)

model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        keras.layers.Conv2D(4, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(10),
    ]
)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(ds, epochs=1, verbose=0)
