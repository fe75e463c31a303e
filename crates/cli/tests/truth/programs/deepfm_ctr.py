import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, MinMaxScaler
from tensorflow.keras import backend as K
from tensorflow.keras.layers import (Input, Embedding, Dense, Flatten, Add, Activation, Concatenate,
                                     Dropout, Lambda, Layer, Reshape)
from tensorflow.keras.models import Model
import tensorflow as tf

rng = np.random.default_rng(0)
n = 500
df = pd.DataFrame({f"C{i}": rng.choice(list("abcdefgh"), n) for i in range(1, 5)})
for i in range(1, 4):
    df[f"I{i}"] = rng.normal(size=n)
df["label"] = rng.integers(0, 2, n)
sparse_features = [c for c in df.columns if c.startswith("C")]
dense_features = [c for c in df.columns if c.startswith("I")]

df[sparse_features] = df[sparse_features].fillna("-1")
df[dense_features] = df[dense_features].fillna(0)
for f in sparse_features:
    df[f] = LabelEncoder().fit_transform(df[f])
df[dense_features] = MinMaxScaler().fit_transform(df[dense_features])
vocab = {f: df[f].max() + 1 for f in sparse_features}


class FMLayer(Layer):
    """0.5 * ((sum v)^2 - sum v^2)"""

    def build(self, input_shape):
        if len(input_shape) != 3:
            raise ValueError(f"expected 3 dims, got {len(input_shape)}")
        super().build(input_shape)

    def call(self, inputs):
        square_of_sum = tf.square(tf.reduce_sum(inputs, axis=1, keepdims=True))
        sum_of_square = tf.reduce_sum(inputs * inputs, axis=1, keepdims=True)
        cross = square_of_sum - sum_of_square
        return 0.5 * tf.reduce_sum(cross, axis=2, keepdims=False)

    def compute_output_shape(self, input_shape):
        return (None, 1)


def deepfm(k=4, hidden=(32, 16)):
    sparse_in = [Input(shape=(1,), name=f, dtype="int32") for f in sparse_features]
    dense_in = [Input(shape=(1,), name=f) for f in dense_features]
    first = [Flatten()(Embedding(vocab[f], 1, name=f"lin_{f}")(x)) for f, x in zip(sparse_features, sparse_in)]
    dense_all = Concatenate(axis=1)(dense_in)
    linear = Add()(first + [Dense(1)(dense_all)])
    embs = [Embedding(vocab[f], k, name=f"emb_{f}")(x) for f, x in zip(sparse_features, sparse_in)]
    stacked = Concatenate(axis=1)(embs)
    fm = FMLayer(name="fm")(stacked)
    deep = Concatenate()([Flatten()(stacked), dense_all])
    for units in hidden:
        deep = Dropout(0.2)(Dense(units, activation="relu")(deep))
    out = Activation("sigmoid")(Add()([linear, fm, Dense(1)(deep)]))
    return Model(sparse_in + dense_in, out)


model = deepfm()
model.compile("adam", "binary_crossentropy", metrics=["AUC"])
train, test = train_test_split(df, test_size=0.2, random_state=2020)
feed = lambda d: {name: d[name].values for name in sparse_features + dense_features}
model.fit(feed(train), train["label"].values, batch_size=64, epochs=2, verbose=2, validation_split=0.2)
pred = model.predict(feed(test), batch_size=256)
print(pred.shape, pred.mean())
