"""Attention over encoder states."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

vocabulary, units, source_len, target_len = 40, 16, 7, 5
source = keras.Input((source_len,), dtype="int32", name="source")
target = keras.Input((target_len,), dtype="int32", name="target")
embedding = layers.Embedding(vocabulary, units, mask_zero=True)
encoded, state_h, state_c = layers.LSTM(units, return_sequences=True, return_state=True)(embedding(source))
decoded = layers.LSTM(units, return_sequences=True)(embedding(target), initial_state=[state_h, state_c])
context = layers.Attention()([decoded, encoded])
merged = layers.Concatenate(axis=-1)([decoded, encoded])
outputs = layers.TimeDistributed(layers.Dense(vocabulary, activation="softmax"))(merged)
model = keras.Model([source, target], outputs)
model.compile("adam", "sparse_categorical_crossentropy")
s = np.random.randint(1, vocabulary, (12, source_len))
t = np.random.randint(1, vocabulary, (12, target_len))
model.fit([s, t], t, batch_size=6, epochs=1, verbose=0)
