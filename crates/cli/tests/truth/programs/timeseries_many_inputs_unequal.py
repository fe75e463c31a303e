"""Store sales: series, static features and embedding of the store id, from lists of arrays."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Input, LSTM, Dense, Embedding, Flatten, Concatenate
from tensorflow.keras.models import Model

N, T, F, STORES = 90, 14, 4, 6
rng = np.random.default_rng(11)
series = rng.normal(size=(N, T, F)).astype("float32")
static = rng.uniform(size=(N, 3)).astype("float32")
store = rng.integers(0, STORES, size=(N, 1))
target = series[:, -1, 0] + static[:, 0]


def split(arrays, at):
    return [a[:at + i] for i, a in enumerate(arrays)], [a[at:] for a in arrays]


(train_x, test_x) = split([series, static, store], 70)
train_y, test_y = target[:70], target[70:]

s_in = Input((T, F), name="series")
c_in = Input((3,), name="static")
e_in = Input((1,), name="store", dtype="int32")
h = LSTM(8)(s_in)
e = Flatten()(Embedding(STORES, 4)(e_in))
z = Concatenate()([h, c_in, e])
z = Dense(8, activation="relu")(z)
y = Dense(1, name="sales")(z)
model = Model([s_in, c_in, e_in], y)
model.compile("adam", "mae")
model.fit(train_x, train_y, epochs=1, batch_size=16, validation_data=(test_x, test_y), verbose=0)
print(model.evaluate(test_x, test_y, verbose=0) > 0)
one = [a[:1] for a in test_x]
print(model.predict(one, verbose=0).shape)
