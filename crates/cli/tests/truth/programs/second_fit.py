"""A second attempt after a failed one."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

model = keras.Sequential([
    keras.layers.Input((8,)),
    keras.layers.Dense(4, activation="relu"),
    keras.layers.Dense(3, activation="softmax"),
])
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
x = np.random.rand(32, 8)
labels = np.random.randint(0, 3, (32,))
try:
    model.fit(x, labels, epochs=1, verbose=0)
except ValueError as error:
    print("first attempt:", type(error).__name__)
model.fit(x, keras.utils.to_categorical(labels, 3), epochs=1, verbose=0)
try:
    model.predict(x[:, :5], verbose=0)
except (ValueError, tf.errors.InvalidArgumentError) as error:
    print("predict:", type(error).__name__)
print(model.predict(x, verbose=0).shape)
try:
    model.evaluate(x, keras.utils.to_categorical(labels, 3)[:20], verbose=0)
except Exception as error:
    print("evaluate:", type(error).__name__)
