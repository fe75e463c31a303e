"""One class against the background, with IoU at a threshold."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.random.rand(10, 8, 8, 1).astype("float32")
y = np.random.randint(0, 2, (10, 8, 8, 1)).astype("float32")
model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, 3, padding="same"), layers.Conv2D(2, 1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.BinaryIoU(target_class_ids=[1], threshold=0.5)])
model.fit(x, y, batch_size=5, epochs=1, verbose=0)
print(model.evaluate(x, y, verbose=0)[1] >= 0)
