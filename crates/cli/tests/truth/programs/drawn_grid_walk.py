"""Random walks on a grid, their visits as pictures for a small CNN."""
import random
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

SIZE = 8


def picture():
    grid = np.zeros((SIZE, SIZE, 1), dtype="float32")
    for _ in range(12):
        r, c = random.randint(0, SIZE - 1), random.randint(0, SIZE - 1)
        grid[r, c, 0] += 1.0
    return grid


x = np.stack([picture() for _ in range(64)])
y = np.array([random.randrange(3) for _ in range(64)])
model = keras.Sequential([layers.Input((SIZE, SIZE, 1)), layers.Conv2D(4, 3, activation="relu"), layers.Flatten(), layers.Dense(3)])
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, y, batch_size=16, epochs=1, verbose=0)
print(x.shape)
