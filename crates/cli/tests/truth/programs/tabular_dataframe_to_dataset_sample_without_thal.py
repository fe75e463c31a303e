import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.default_rng(3)
n = 200
dataframe = pd.DataFrame({
    "age": rng.integers(29, 77, n), "sex": rng.integers(0, 2, n), "cp": rng.integers(0, 5, n),
    "trestbps": rng.integers(94, 200, n), "chol": rng.integers(126, 564, n), "thalach": rng.integers(71, 202, n),
    "oldpeak": rng.random(n) * 6, "thal": rng.choice(["fixed", "normal", "reversible"], n),
    "target": rng.integers(0, 2, n)})
val_dataframe = dataframe.sample(frac=0.2, random_state=1337)
train_dataframe = dataframe.drop(val_dataframe.index)


def dataframe_to_dataset(dataframe):
    dataframe = dataframe.copy()
    labels = dataframe.pop("target")
    ds = tf.data.Dataset.from_tensor_slices((dict(dataframe), labels))
    ds = ds.shuffle(buffer_size=len(dataframe))
    return ds


train_ds = dataframe_to_dataset(train_dataframe)
val_ds = dataframe_to_dataset(val_dataframe)
train_ds = train_ds.batch(32)
val_ds = val_ds.batch(32)


def encode_numerical_feature(feature, name, dataset):
    normalizer = layers.Normalization()
    feature_ds = dataset.map(lambda x, y: x[name])
    feature_ds = feature_ds.map(lambda x: tf.expand_dims(x, -1))
    normalizer.adapt(feature_ds)
    encoded_feature = normalizer(feature)
    return encoded_feature


def encode_categorical_feature(feature, name, dataset, is_string):
    lookup_class = layers.StringLookup if is_string else layers.IntegerLookup
    lookup = lookup_class(output_mode="binary" if False else "multi_hot")
    feature_ds = dataset.map(lambda x, y: x[name])
    feature_ds = feature_ds.map(lambda x: tf.expand_dims(x, -1))
    lookup.adapt(feature_ds)
    encoded_feature = lookup(feature)
    return encoded_feature


sex = keras.Input(shape=(1,), name="sex", dtype="int64")
cp = keras.Input(shape=(1,), name="cp", dtype="int64")
thal = keras.Input(shape=(1,), name="thal", dtype="string")
numeric = {c: keras.Input(shape=(1,), name=c) for c in ["age", "trestbps", "chol", "thalach", "oldpeak"]}
all_inputs = [sex, cp, thal] + list(numeric.values())
parts = [encode_categorical_feature(sex, "sex", train_ds, False),
         encode_categorical_feature(cp, "cp", train_ds, False),
         encode_categorical_feature(thal, "thal", train_ds, True)]
for c, inp in numeric.items():
    parts.append(encode_numerical_feature(inp, c, train_ds))
all_features = layers.concatenate(parts)
x = layers.Dense(32, activation="relu")(all_features)
x = layers.Dropout(0.5)(x)
output = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(all_inputs, output)
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(train_ds, epochs=1, validation_data=val_ds, verbose=0)
sample = {"age": 60, "sex": 1, "cp": 1, "trestbps": 145, "chol": 233, "thalach": 150, "oldpeak": 2.3}
input_dict = {name: tf.convert_to_tensor([[value]]) for name, value in sample.items()}
predictions = model.predict(input_dict, verbose=0)
print("%.1f percent" % (100 * predictions[0][0],))
