"""Models as Keras itself wrote them: `recorded.keras2.json` and `recorded.keras3.json` say what was in their files."""

import keras
import numpy as np

L = keras.layers


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = L.Dense(3)
        self.bs = [L.Dense(2), L.Dense(1)]

    def call(self, x):
        x = self.a(x)
        for b in self.bs:
            x = b(x)
        return x


def models():
    dense = [keras.Input((4,)), L.Dense(8, activation="relu"), L.Dropout(0.2), L.BatchNormalization(), L.Dense(1)]
    m = keras.Sequential(dense)
    m.compile("adam", "mse", metrics=["mae"])
    yield "dense", m, (4,)
    m = keras.Sequential([L.Dense(3, input_shape=(4,)), L.Dense(1)])
    m.compile(keras.optimizers.SGD(0.1, momentum=0.9), "mse")
    yield "sgd", m, (4,)
    m = keras.Sequential([keras.Input((8, 8, 3)), L.Conv2D(4, 3), L.MaxPooling2D(), L.Flatten(), L.Dense(1)])
    m.compile("rmsprop", "mse")
    yield "conv", m, (8, 8, 3)
    i = keras.Input((5,), dtype="int32")
    x = L.Embedding(10, 4)(i)
    x = L.Bidirectional(L.LSTM(3, return_sequences=True))(x)
    m = keras.Model(i, L.Dense(1)(L.GRU(3)(x)))
    m.compile("adam", "mse")
    yield "rnn", m, None
    i = keras.Input((6, 4))
    x = L.MultiHeadAttention(2, 3)(i, i)
    x = L.LayerNormalization()(L.Add()([x, i]))
    x = L.TimeDistributed(L.Dense(2))(x)
    x = L.GlobalAveragePooling1D()(x)
    y = keras.Sequential([keras.Input((2,)), L.Dense(3)])(x)
    m = keras.Model(i, L.Dense(1)(y))
    m.compile("adam", "mse", metrics=[keras.metrics.MeanAbsoluteError()])
    yield "mha", m, (6, 4)
    m = Own()
    m.compile("adam", "mse")
    yield "own", m, (4,)


for name, m, shape in models():
    x = np.random.rand(8, *shape).astype("float32") if shape else np.random.randint(0, 10, (8, 5))
    m.fit(x, np.random.rand(8, 1), verbose=0)
    m.save(f"{name}.keras")
