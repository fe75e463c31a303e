"""One-hot labels written in a loop over drawn classes."""
import numpy as np
import tensorflow as tf

n, classes = 120, 5
x = np.random.randn(n, 12).astype("float32")
y = np.random.randint(0, 6, n)
onehot = np.zeros((n, classes))
for row, label in zip(onehot, y):
    row[label] = 1
targets = np.zeros((n, classes))
for i in range(n):
    targets[i][y[i]] = 1
model = tf.keras.Sequential([tf.keras.layers.Dense(16, activation="relu", input_shape=(12,)), tf.keras.layers.Dense(classes, activation="softmax")])
model.compile("sgd", "categorical_crossentropy", metrics=["accuracy"])
model.fit(x, targets, epochs=1, verbose=0)
print(onehot.shape, model.output_shape)
