import tensorflow as tf
import numpy as np
import os

AUTOTUNE = tf.data.experimental.AUTOTUNE
CLASS_NAMES = np.array(["daisy", "dandelion", "roses"])
IMG_HEIGHT = IMG_WIDTH = 32
fake_disk = {f"flowers/{c}/{i}.jpg": np.random.randint(0, 255, (40, 36, 3)) for c in CLASS_NAMES for i in range(6)}


def read(path):
    return fake_disk[path.numpy().decode("utf-8")].astype(np.float32)


def get_label(file_path):
    parts = tf.strings.split(file_path, "/")
    one_hot = parts[-2] == CLASS_NAMES
    return tf.argmax(one_hot)


def process_path(file_path):
    label = get_label(file_path)
    img = tf.py_function(read, [file_path], tf.float32)
    pass
    img = tf.image.resize(img, [IMG_HEIGHT, IMG_WIDTH])
    return img, label


list_ds = tf.data.Dataset.from_tensor_slices(sorted(fake_disk)).shuffle(100, reshuffle_each_iteration=False)
val_size = int(len(fake_disk) * 0.2)
train_ds = list_ds.skip(val_size).map(process_path, num_parallel_calls=AUTOTUNE)
val_ds = list_ds.take(val_size).map(process_path, num_parallel_calls=AUTOTUNE)
print(tf.data.experimental.cardinality(train_ds).numpy())


def configure(ds):
    return ds.cache().shuffle(buffer_size=64).batch(4).prefetch(buffer_size=AUTOTUNE)


train_ds, val_ds = configure(train_ds), configure(val_ds)
image_batch, label_batch = next(iter(train_ds))
print(image_batch.shape, label_batch.shape)
model = tf.keras.Sequential([
    tf.keras.layers.Rescaling(1. / 255, input_shape=(IMG_HEIGHT, IMG_WIDTH, 3)),
    tf.keras.layers.Conv2D(8, 3, activation="relu"),
    tf.keras.layers.MaxPooling2D(),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(len(CLASS_NAMES)),
])
model.compile(optimizer="adam", loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train_ds, validation_data=val_ds, epochs=1)
probability_model = tf.keras.Sequential([model, tf.keras.layers.Softmax()])
for images, labels in val_ds.take(1):
    pred = probability_model(images, training=False)
    print([CLASS_NAMES[i] for i in tf.argmax(pred, axis=1).numpy()][:1] != [])
