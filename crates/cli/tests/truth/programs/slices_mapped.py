"""tf.data from slices, mapped and batched."""
import numpy as np
import tensorflow as tf

images = np.random.randint(0, 255, size=(40, 32, 32, 3), dtype="uint8")
labels = np.random.randint(0, 5, size=40)
SIZE = 24


def prepare(image, label):
    image = tf.image.resize(tf.cast(image, tf.float32) / 255.0, (SIZE, SIZE))
    return image, tf.one_hot(label, 5)


train = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(40).map(prepare).batch(8).prefetch(2)
for batch, target in train.take(1):
    print(batch.shape, target.shape)

model = tf.keras.Sequential([
    tf.keras.Input(shape=(SIZE, SIZE, 3)),
    tf.keras.layers.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
    tf.keras.layers.GlobalAveragePooling2D(),
    tf.keras.layers.Dense(5),
])
model.compile("adam", tf.keras.losses.CategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train, epochs=1, verbose=0)
