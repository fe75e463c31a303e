"""Keras preprocessing layers over a frame's columns, as the TF tutorial does it."""
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras import layers

n = 120
dataframe = pd.DataFrame({
    "Type": np.random.choice(["Cat", "Dog"], n), "Age": np.random.randint(0, 60, n), "Breed": np.random.choice(["Tabby", "Mixed", "Poodle"], n),
    "Fee": np.random.rand(n) * 300, "PhotoAmt": np.random.randint(0, 10, n), "AdoptionSpeed": np.random.randint(0, 5, n),
})
dataframe["target"] = np.where(dataframe["AdoptionSpeed"] == 4, 0, 1)
dataframe = dataframe.drop(columns=["AdoptionSpeed"])
dataframe = dataframe.sample(frac=1).reset_index(drop=True)
train, val, test = dataframe.iloc[:96], dataframe.iloc[96:108], dataframe.iloc[108:]


def df_to_dataset(dataframe, shuffle=True, batch_size=32):
    df = dataframe.copy()
    labels = df.pop("target")
    df = {key: value.to_numpy()[:, tf.newaxis] for key, value in dataframe.items()}
    ds = tf.data.Dataset.from_tensor_slices((dict(df), labels))
    if shuffle:
        ds = ds.shuffle(buffer_size=len(dataframe))
    return ds.batch(batch_size).prefetch(batch_size)


train_ds = df_to_dataset(train, batch_size=16)
val_ds = df_to_dataset(val, shuffle=False, batch_size=16)


def get_normalization_layer(name, dataset):
    normalizer = layers.Normalization(axis=None)
    normalizer.adapt(dataset.map(lambda x, y: x[name]))
    return normalizer


def get_category_encoding_layer(name, dataset, dtype, max_tokens=None):
    index = layers.StringLookup(max_tokens=max_tokens) if dtype == "string" else layers.IntegerLookup(max_tokens=max_tokens)
    index.adapt(dataset.map(lambda x, y: x[name]))
    encoder = layers.CategoryEncoding(num_tokens=index.vocabulary_size())
    return lambda feature: encoder(index(feature))


all_inputs, encoded_features = [], []
for header in ["PhotoAmt", "Fee"]:
    numeric_col = tf.keras.Input(shape=(1,), name=header)
    all_inputs.append(numeric_col)
    encoded_features.append(get_normalization_layer(header, train_ds)(numeric_col))
age_col = tf.keras.Input(shape=(1,), name="Age", dtype="int64")
all_inputs.append(age_col)
encoded_features.append(get_category_encoding_layer("Age", train_ds, "int64", max_tokens=5)(age_col))
for header in ["Type", "Breed"]:
    col = tf.keras.Input(shape=(1,), name=header, dtype="string")
    all_inputs.append(col)
    encoded_features.append(get_category_encoding_layer(header, train_ds, "string", max_tokens=5)(col))
x = tf.keras.layers.concatenate(encoded_features)
x = layers.Dense(32, activation="relu")(x)
output = layers.Dense(1)(layers.Dropout(0.5)(x))
model = tf.keras.Model(all_inputs, output)
model.compile(optimizer="adam", loss=tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train_ds, epochs=1, validation_data=val_ds, verbose=0)
sample = {"Type": "Cat", "Age": 3, "Breed": "Tabby", "Fee": 100.0, "PhotoAmt": 2}
input_dict = {name: tf.convert_to_tensor([value]) for name, value in sample.items()}
predictions = model.predict(input_dict, verbose=0)
print(predictions.shape)
