"""Ragged rows of drawn lengths into an embedding."""
import random
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

ITEMS = 120
baskets = [random.sample(range(1, ITEMS), random.randint(3, 12)) for _ in range(50)]
bought = np.random.randint(0, 2, 50)
ragged = tf.ragged.constant(baskets)
dense = ragged.to_tensor(default_value=0)
model = keras.Sequential([
    layers.Embedding(40, 6, mask_zero=True),
    layers.GlobalAveragePooling1D(),
    layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy")
model.fit(dense, bought, epochs=1, batch_size=10, verbose=0)
print(ragged.shape[0], model.predict(dense, verbose=0).shape)
