import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)


def batches(size):
    while True:
        yield rng.rand(size, 12).astype("float32"), rng.randint(0, 3, size)


model = tf.keras.Sequential([
    tf.keras.layers.Dense(8, activation="relu", input_shape=(12,)),
    tf.keras.layers.Dense(3, activation="softmax"),
])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit_generator(
    batches(4), steps_per_epoch=3, epochs=2, validation_data=batches(4), validation_steps=1)
print(len(history.history["val_accuracy"]))
print(model.evaluate_generator(batches(4), steps=2))
print(model.predict_generator(batches(4), 2).shape)
print(history.history["acc"])
