"""Categories by StringLookup and Embedding, numbers by Normalization, all inside the model."""
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

n = 64
frame = pd.DataFrame({
    "type": np.random.choice(["cat", "dog"], n),
    "age": np.random.randint(1, 15, n),
    "fee": np.random.random(n) * 100,
    "adopted": np.random.randint(0, 2, n),
})


def df_to_dataset(dataframe, shuffle=True, batch_size=8):
    df = dataframe.copy()
    labels = df.pop("adopted")
    df = {key: value.to_numpy()[:, tf.newaxis] for key, value in dataframe.items() if key != "adopted"}
    ds = tf.data.Dataset.from_tensor_slices((dict(df), labels))
    if shuffle:
        ds = ds.shuffle(buffer_size=len(dataframe))
    return ds.batch(batch_size)


train = df_to_dataset(frame[:48])
val = df_to_dataset(frame[48:], shuffle=False)
all_inputs, encoded = {}, []
for header in ["age", "fee"]:
    column = keras.Input(shape=(1,), name=header)
    normalizer = layers.Normalization(axis=None)
    normalizer.adapt(train.map(lambda x, y: x[header]))
    all_inputs[header] = column
    encoded.append(normalizer(column))

column = keras.Input(shape=(1,), name="type", dtype="string")
index = layers.StringLookup(max_tokens=5)
index.adapt(train.map(lambda x, y: x["type"]))
vector = layers.Flatten()(layers.Embedding(5, 3)(index(column)))
all_inputs["type"] = column
encoded.append(vector)

x = layers.concatenate(encoded)
x = layers.Dense(16, activation="relu")(x)
x = layers.Dropout(0.5)(x)
output = layers.Dense(1)(x)
model = keras.Model(all_inputs, output)
model.compile(optimizer="adam", loss=keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train, epochs=1, validation_data=val, verbose=0)
sample = {"type": "cat", "age": 3, "fee": 20.0}
inputs = {name: tf.convert_to_tensor([[value]]) for name, value in sample.items()}
print(model.predict(inputs, verbose=0).shape)
