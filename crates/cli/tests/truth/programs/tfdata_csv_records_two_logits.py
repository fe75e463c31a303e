"""tf.data from a dict of columns, with preprocessing layers inside the model."""
import tensorflow as tf
import numpy as np
import pandas as pd
from tensorflow.keras import layers

BATCH = 8
data = {
    "age": np.random.randint(1, 18, 60).astype("float32"),
    "fee": np.random.randint(0, 300, 60).astype("float32"),
    "type": np.random.choice(["Cat", "Dog"], 60),
    "color": np.random.choice(["Black", "White", "Brown"], 60),
    "target": np.random.randint(0, 2, 60),
}
dataframe = pd.DataFrame(data)
val = dataframe[48:]
train = dataframe[:48]


def df_to_dataset(dataframe, shuffle=True, batch_size=32):
    df = dataframe.copy()
    labels = df.pop('target')
    df = {key: value.to_numpy()[:, tf.newaxis] for key, value in df.items()}
    ds = tf.data.Dataset.from_tensor_slices((dict(df), labels.to_numpy()))
    if shuffle:
        ds = ds.shuffle(buffer_size=len(dataframe))
    ds = ds.batch(batch_size)
    ds = ds.prefetch(batch_size)
    return ds


train_ds = df_to_dataset(train, batch_size=BATCH)
val_ds = df_to_dataset(val, shuffle=False, batch_size=BATCH)
[(train_features, label_batch)] = train_ds.take(1)
print('Every feature:', list(train_features.keys()))
print('A batch of ages:', train_features['age'].shape)


def get_normalization_layer(name, dataset):
    normalizer = layers.Normalization(axis=None)
    feature_ds = dataset.map(lambda x, y: x[name])
    normalizer.adapt(feature_ds)
    return normalizer


def get_category_encoding_layer(name, dataset, max_tokens=None):
    index = layers.StringLookup(max_tokens=max_tokens)
    feature_ds = dataset.map(lambda x, y: x[name])
    index.adapt(feature_ds)
    encoder = layers.CategoryEncoding(num_tokens=index.vocabulary_size(), output_mode="multi_hot")
    return lambda feature: encoder(index(feature))


all_inputs, encoded = {}, []
for header in ['age', 'fee']:
    col = tf.keras.Input(shape=(1,), name=header)
    encoded.append(get_normalization_layer(header, train_ds)(col))
    all_inputs[header] = col
for header in ['type', 'color']:
    col = tf.keras.Input(shape=(1,), name=header, dtype='string')
    encoded.append(get_category_encoding_layer(header, train_ds, max_tokens=5)(col))
    all_inputs[header] = col

x = layers.concatenate(encoded)
x = layers.Dense(16, activation="relu")(x)
x = layers.Dropout(0.5)(x)
output = layers.Dense(2)(x)
model = tf.keras.Model(all_inputs, output)
model.compile(optimizer='adam', loss=tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train_ds, epochs=1, validation_data=val_ds, verbose=0)
result = model.evaluate(val_ds, verbose=0, return_dict=True)
print(sorted(result))
sample = {'age': 3, 'fee': 100, 'type': 'Cat', 'color': 'Black'}
input_dict = {name: tf.convert_to_tensor([value]) for name, value in sample.items()}
prob = tf.nn.sigmoid(model.predict({k: v[:, tf.newaxis] for k, v in input_dict.items()}, verbose=0))
print(prob.shape)
