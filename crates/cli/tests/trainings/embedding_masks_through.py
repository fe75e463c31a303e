import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)


ids = np.array([[1, 2, 3, 0, 0], [4, 5, 0, 0, 0], [2, 2, 2, 2, 1], [6, 0, 0, 0, 0], [3, 1, 4, 1, 0], [5, 6, 2, 0, 0]])
y = (ids > 0).sum(axis=1, keepdims=True) / 5.0
inp = keras.Input((5,), dtype="int32")
e = layers.Embedding(7, 4, mask_zero=True, embeddings_regularizer="l2", embeddings_constraint=keras.constraints.UnitNorm(axis=1))(inp)
a = layers.MultiHeadAttention(1, 3)(e, e)
h = layers.Add()([e, a])
h = layers.LayerNormalization()(h)
h = layers.Dropout(0.0)(h)
g = layers.GRU(3)(h)
p = layers.GlobalAveragePooling1D()(h)
model = keras.Model(inp, layers.Dense(1, activation="sigmoid")(layers.concatenate([g, p])))
fill(model, 0.6)
model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy", metrics=["mae"])
history = model.fit(ids, y, batch_size=2, epochs=4, shuffle=False, verbose=0)
prediction = model.predict(ids, verbose=0)
weights = model.get_weights()
