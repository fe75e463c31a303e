# NumPy no longer makes a number of an array that has axes, were it of one element.
import numpy as np
from tensorflow import keras

names = ["cat", "dog"]
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, activation="sigmoid")])
scores = model.predict(np.zeros((1, 3)), verbose=0)
print(float(scores[0, 0]))
print(names[int(scores[0] > 0.5)])
