import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras import layers

n = 200
rng = np.random.RandomState(0)
dataframe = pd.DataFrame({
    "Age": rng.randint(1, 100, n), "Fee": rng.rand(n) * 100, "PhotoAmt": rng.randint(0, 10, n),
    "Type": rng.choice(["Cat", "Dog"], n), "Color1": rng.choice(["Black", "White", "Brown"], n),
    "AdoptionSpeed": rng.randint(0, 5, n),
})
dataframe["target"] = np.where(dataframe["AdoptionSpeed"] == 4, 0, 1)
dataframe = dataframe.drop(columns=["AdoptionSpeed"])
train, val, test = np.split(dataframe.sample(frac=1, random_state=1), [int(0.8 * n), int(0.9 * n)])


def df_to_dataset(dataframe, shuffle=True, batch_size=32):
    df = dataframe.copy()
    labels = df.pop("target")
    df = {key: np.array(value)[:, tf.newaxis] for key, value in dataframe.drop(columns="target").items()}
    ds = tf.data.Dataset.from_tensor_slices((dict(df), labels))
    if shuffle:
        ds = ds.shuffle(buffer_size=len(dataframe))
    return ds.batch(batch_size).prefetch(batch_size)


def get_normalization_layer(name, dataset):
    normalizer = layers.Normalization(axis=None)
    feature_ds = dataset.map(lambda x, y: x[name])
    normalizer.adapt(feature_ds)
    return normalizer


def get_category_encoding_layer(name, dataset, dtype, max_tokens=None):
    if dtype == "string":
        index = layers.StringLookup(max_tokens=max_tokens)
    else:
        index = layers.IntegerLookup(max_tokens=max_tokens)
    feature_ds = dataset.map(lambda x, y: x[name])
    index.adapt(feature_ds)
    encoder = layers.CategoryEncoding(num_tokens=index.vocabulary_size())
    return lambda feature: encoder(index(feature))


train_ds = df_to_dataset(train)
val_ds = df_to_dataset(val, shuffle=False)
all_inputs, encoded_features = {}, []
for header in ["PhotoAmt", "Fee"]:
    numeric_col = tf.keras.Input(shape=(1,), name=header)
    encoded = get_normalization_layer(header, train_ds)(numeric_col)
    all_inputs[header] = numeric_col
    encoded_features.append(encoded)
age_col = tf.keras.Input(shape=(1,), name="Age", dtype="int64")
encoded_features.append(get_category_encoding_layer("Age", train_ds, dtype="int64", max_tokens=5)(age_col))
all_inputs["Age"] = age_col
for header in ["Type", "Color1"]:
    col = tf.keras.Input(shape=(1,), name=header, dtype="string")
    encoded_features.append(get_category_encoding_layer(header, train_ds, dtype="string", max_tokens=5)(col))
    all_inputs[header] = col

all_features = layers.concatenate(encoded_features)
x = layers.Dense(32, activation="relu")(all_features)
x = layers.Dropout(0.5)(x)
output = layers.Dense(1)(x)
model = tf.keras.Model(all_inputs, output)
model.compile(optimizer="adam", loss=tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train_ds, epochs=1, validation_data=val_ds, verbose=0)
loss, accuracy = model.evaluate(val_ds, verbose=0)

sample = {"Type": "Cat", "Age": 3, "Color1": "Black", "Fee": 100.0, "PhotoAmt": 2}
input_dict = {name: tf.convert_to_tensor([value]) for name, value in sample.items()}
predictions = model.predict(input_dict, verbose=0)
prob = tf.nn.sigmoid(predictions[0])
print(prob.shape)
