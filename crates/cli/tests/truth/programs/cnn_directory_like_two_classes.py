import os
import numpy as np
import tensorflow as tf

AUTOTUNE = tf.data.AUTOTUNE
BATCH_SIZE = 8
IMG_SIZE = (96, 96)
CLASS_NAMES = ["cat", "dog", "horse"]

paths = [f"img_{i}.jpg" for i in range(40)]
labels = [i % len(CLASS_NAMES) for i in range(40)]


def load_image(path, label):
    seed = tf.strings.to_hash_bucket_fast(path, 1000)
    img = tf.random.stateless_uniform((120, 100, 3), seed=tf.stack([tf.cast(seed, tf.int32), 0]), maxval=255.0)
    img = tf.image.resize(img, IMG_SIZE)
    return img, label


def configure(ds, training=False):
    ds = ds.map(load_image, num_parallel_calls=AUTOTUNE)
    if training:
        ds = ds.shuffle(100)
    ds = ds.batch(BATCH_SIZE)
    return ds.prefetch(AUTOTUNE)


full = tf.data.Dataset.from_tensor_slices((paths, labels))
val_size = int(len(paths) * 0.2)
train_ds = configure(full.skip(val_size), training=True)
val_ds = configure(full.take(val_size))

preprocess_input = tf.keras.applications.mobilenet_v2.preprocess_input
base_model = tf.keras.applications.MobileNetV2(input_shape=IMG_SIZE + (3,), include_top=False, weights=None)
base_model.trainable = False

image_batch, label_batch = next(iter(train_ds))
feature_batch = base_model(image_batch)
global_average_layer = tf.keras.layers.GlobalAveragePooling2D()
feature_batch_average = global_average_layer(feature_batch)
prediction_layer = tf.keras.layers.Dense(2)
prediction_batch = prediction_layer(feature_batch_average)
print(prediction_batch.shape)

inputs = tf.keras.Input(shape=(96, 96, 3))
x = preprocess_input(inputs)
x = base_model(x, training=False)
x = global_average_layer(x)
x = tf.keras.layers.Dropout(0.2)(x)
outputs = prediction_layer(x)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer=tf.keras.optimizers.Adam(1e-4),
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.evaluate(val_ds, verbose=0)
history = model.fit(train_ds, epochs=1, validation_data=val_ds, verbose=0)

base_model.trainable = True
for layer in base_model.layers[:100]:
    layer.trainable = False
model.compile(optimizer=tf.keras.optimizers.RMSprop(1e-5),
              loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train_ds, epochs=history.epoch[-1] + 2, initial_epoch=history.epoch[-1] + 1, validation_data=val_ds, verbose=0)
