"""Columns of a frame through lookups that keep the commonest words."""
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras import layers

n = 150
frame = pd.DataFrame({
    "zip": np.random.randint(100, 180, n), "city": np.random.choice(["Rome", "Oslo", "Bonn", "Lima"], n),
    "price": np.random.rand(n), "sold": np.random.randint(0, 2, n)})
labels = frame.pop("sold")
ds = tf.data.Dataset.from_tensor_slices((dict(frame), labels)).batch(25)
zips = layers.StringLookup(max_tokens=12, output_mode="multi_hot")
zips.adapt(ds.map(lambda row, label: row["zip"]))
cities = layers.StringLookup(output_mode="one_hot")
cities.adapt(ds.map(lambda row, label: row["city"]))
zip_in = tf.keras.Input((1,), dtype="int64", name="zip")
city_in = tf.keras.Input((1,), dtype="string", name="city")
price_in = tf.keras.Input((1,), name="price")
x = layers.concatenate([zips(zip_in), cities(city_in), price_in])
out = layers.Dense(1, activation="sigmoid")(layers.Dense(8, activation="relu")(x))
model = tf.keras.Model({"zip": zip_in, "city": city_in, "price": price_in}, out)
model.compile("adam", "binary_crossentropy")
rows = ds.map(lambda row, label: ({k: tf.expand_dims(v, -1) for k, v in row.items()}, label))
model.fit(rows, epochs=1, verbose=0)
print(x.shape)
