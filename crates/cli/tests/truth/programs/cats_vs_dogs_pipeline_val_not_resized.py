import os
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

IMG_SIZE = 96
BATCH_SIZE = 8
AUTOTUNE = tf.data.AUTOTUNE

images = tf.random.uniform((40, 120, 100, 3), maxval=255)
labels = tf.random.uniform((40,), maxval=2, dtype=tf.int32)

def preprocess(image, label):
    image = tf.image.resize(image, (IMG_SIZE, IMG_SIZE))
    image = tf.cast(image, tf.float32) / 255.0
    return image, label

def augment(image, label):
    image = tf.image.random_flip_left_right(image)
    image = tf.image.random_brightness(image, 0.2)
    return image, label

ds = tf.data.Dataset.from_tensor_slices((images, labels))
train_size = int(0.8 * 40)
train_ds = ds.take(train_size).map(preprocess, num_parallel_calls=AUTOTUNE).map(augment).shuffle(100).batch(BATCH_SIZE).prefetch(AUTOTUNE)
val_ds = ds.skip(train_size).batch(BATCH_SIZE)

model = keras.Sequential([
    layers.Input(shape=(IMG_SIZE, IMG_SIZE, 3)),
    layers.Conv2D(16, 3, activation='relu'),
    layers.MaxPooling2D(),
    layers.Conv2D(32, 3, activation='relu'),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(64, activation='relu'),
    layers.Dense(1, activation='sigmoid'),
])
model.compile(optimizer='adam', loss='binary_crossentropy', metrics=['accuracy'])
history = model.fit(train_ds, validation_data=val_ds, epochs=1, verbose=0)
acc = history.history['accuracy']
val_acc = history.history['val_accuracy']
print(f'final acc {acc[-1]:.2f} / {val_acc[-1]:.2f}')
for x, y in val_ds.take(1):
    p = model.predict(x, verbose=0)
    print((p > 0.5).astype(int).ravel(), y.numpy())
