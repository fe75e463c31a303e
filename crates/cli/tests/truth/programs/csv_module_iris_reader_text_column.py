"""Reads a table with the csv module from a file written before, as in tutorials without pandas."""
import csv
import os
import random
import tempfile
import numpy as np
import keras
from keras import layers

random.seed(5)
folder = tempfile.mkdtemp()
path = os.path.join(folder, "iris.csv")
SPECIES = ["setosa", "versicolor", "virginica"]
with open(path, "w", newline="") as f:
    writer = csv.writer(f)
    writer.writerow(["sepal_length", "sepal_width", "petal_length", "petal_width", "species"])
    for i in range(60):
        kind = i % 3
        writer.writerow([round(random.gauss(5 + kind, 0.3), 1), round(random.gauss(3, 0.3), 1),
                         round(random.gauss(1.5 + 2 * kind, 0.2), 1), round(random.gauss(0.3 + kind, 0.1), 1), SPECIES[kind]])

features, targets = [], []
with open(path) as f:
    reader = csv.reader(f)
    header = next(reader)
    for row in reader:
        features.append(row[:4])
        targets.append(SPECIES.index(row[4]))

x = np.array(features, dtype="float32")
y = keras.utils.to_categorical(targets, num_classes=3)
order = np.random.RandomState(0).permutation(len(x))
x, y = x[order], y[order]
split = int(0.8 * len(x))
mean, std = x[:split].mean(axis=0), x[:split].std(axis=0)
x = (x - mean) / std

model = keras.Sequential([
    keras.Input(shape=(len(header) - 1,)),
    layers.Dense(10, activation="relu"),
    layers.Dense(3, activation="softmax"),
])
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit(x[:split], y[:split], epochs=2, batch_size=5, verbose=0, validation_data=(x[split:], y[split:]))
loss, acc = model.evaluate(x[split:], y[split:], verbose=0)
flower = np.array([5.1, 3.5, 1.4, 0.2], dtype="float32")
probs = model.predict(((flower - mean) / std)[np.newaxis, :], verbose=0)[0]
print(dict(zip(SPECIES, probs.shape * 3)))
