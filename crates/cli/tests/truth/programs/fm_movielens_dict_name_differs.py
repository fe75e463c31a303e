"""Ratings with a dict model: StringLookup of ids, embeddings, a dot, tf.data of frames."""
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras

rows = 200
frame = pd.DataFrame({
    "user_id": ["user_" + str(i % 20) for i in range(rows)],
    "movie_id": ["movie_" + str(i % 15) for i in range(rows)],
    "rating": (np.arange(rows) % 5 + 1).astype("float32"),
})
users, movies = sorted(frame["user_id"].unique()), sorted(frame["movie_id"].unique())
picked = np.random.rand(rows) <= 0.8
train, test = frame[:160], frame[160:]


def dataset(part, batch=32, shuffle=False):
    features = {name: part[name].values for name in ("user_id", "rating")}
    ds = tf.data.Dataset.from_tensor_slices((features, part["rating"].values))
    if shuffle:
        ds = ds.shuffle(len(part))
    return ds.batch(batch)


def embedding_of(vocabulary, dim, name):
    inp = keras.Input((), dtype="string", name=name)
    index = keras.layers.StringLookup(vocabulary=vocabulary, mask_token=None, num_oov_indices=0)(inp)
    emb = keras.layers.Embedding(len(vocabulary), dim)(index)
    bias = keras.layers.Embedding(len(vocabulary), 1)(index)
    return inp, emb, bias


u_in, u, bu = embedding_of(users, 8, "user_id")
m_in, m, bm = embedding_of(movies, 8, "movie_id")
dot = keras.layers.Dot(axes=1)([u, m])
out = keras.layers.Add()([dot, bu, bm])
out = keras.layers.Rescaling(scale=5.0, name="rescaled")(keras.layers.Activation("sigmoid")(out))
model = keras.Model({"user_id": u_in, "movie_id": m_in}, out)
model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
model.fit(dataset(train, shuffle=True), validation_data=dataset(test), epochs=1, verbose=0)
print(model.predict(dataset(test), verbose=0).shape)
