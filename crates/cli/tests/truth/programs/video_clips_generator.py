"""ConvLSTM over clips from a plain Python generator wrapped by tf.data."""
import random
import pathlib
import numpy as np
import tensorflow as tf
from tensorflow import keras

N_FRAMES, SIDE = 4, 16
CLASSES = ["pullup", "squat", "jump"]


class FrameGenerator:
    def __init__(self, n_clips, n_frames, training=False):
        self.n_clips = n_clips
        self.n_frames = n_frames
        self.training = training
        self.class_ids = dict((name, i) for i, name in enumerate(CLASSES))

    def get_clips(self):
        return [(f"clip_{i:03d}.avi", CLASSES[i % len(CLASSES)]) for i in range(self.n_clips)]

    def frames(self, path):
        return np.random.rand(self.n_frames, SIDE, SIDE, 3).astype("float32")

    def __call__(self):
        pairs = self.get_clips()
        if self.training:
            random.shuffle(pairs)
        for path, name in pairs:
            yield self.frames(path), self.class_ids[name]


signature = (tf.TensorSpec(shape=(None, None, None, 3), dtype=tf.float32),
             tf.TensorSpec(shape=(), dtype=tf.int16))
train_ds = tf.data.Dataset.from_generator(FrameGenerator(9, N_FRAMES, training=True), output_signature=signature)
val_ds = tf.data.Dataset.from_generator(FrameGenerator(6, N_FRAMES), output_signature=signature)
for frames, labels in train_ds.take(2):
    print(labels.numpy(), frames.shape)
train_ds = train_ds.cache().shuffle(10).prefetch(tf.data.AUTOTUNE)
train_ds = train_ds.batch(3)
val_ds = val_ds.batch(3)

net = keras.Sequential([
    keras.Input((N_FRAMES, SIDE, SIDE, 3)),
    keras.layers.ConvLSTM2D(4, 3, padding="same"),
    keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dense(len(CLASSES)),
])
net.summary()
net.compile(optimizer="adam", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
net.fit(train_ds, epochs=1, validation_data=val_ds, verbose=0)
print(len(net.evaluate(val_ds, verbose=0)))
