import numpy as np
import tensorflow as tf
from tensorflow import keras

IMG = (64, 64)
IMG_SHAPE = IMG + (3,)
x = np.random.randint(0, 256, (24, *IMG, 3)).astype("uint8")
y = np.random.randint(0, 2, (24, 1))
ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(8)
train, val = ds.take(2), ds.skip(2)
augment = tf.keras.Sequential([tf.keras.layers.RandomFlip("horizontal"), tf.keras.layers.RandomRotation(0.2)])
base_model = tf.keras.applications.MobileNetV2(input_shape=IMG_SHAPE, include_top=False, weights=None)
base_model.trainable = False
image_batch, label_batch = next(iter(train))
feature_batch = base_model(image_batch)
global_average_layer = tf.keras.layers.GlobalAveragePooling2D()
feature_batch_average = global_average_layer(feature_batch)
prediction_layer = tf.keras.layers.Dense(1)
prediction_batch = prediction_layer(feature_batch_average)
print(feature_batch.shape, prediction_batch.shape)
inputs = tf.keras.Input(shape=IMG_SHAPE)
h = augment(inputs)
h = tf.keras.applications.mobilenet_v2.preprocess_input(h)
h = base_model(h, training=False)
h = global_average_layer(h)
h = tf.keras.layers.Dropout(0.2)(h)
outputs = prediction_layer(h)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=1e-4), loss=tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
print(len(model.trainable_variables))
history = model.fit(train, epochs=1, validation_data=val, verbose=0)
base_model.trainable = True
fine_tune_at = 100
for layer in base_model.layers[:fine_tune_at]:
    layer.trainable = False
model.compile(loss=tf.keras.losses.BinaryCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.RMSprop(1e-5), metrics=["accuracy"])
history_fine = model.fit(train, epochs=2, initial_epoch=history.epoch[-1], validation_data=val, verbose=0)
acc = history.history["accuracy"] + history_fine.history["accuracy"]
print(len(acc))
