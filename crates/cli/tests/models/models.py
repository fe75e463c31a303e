"""A model of each kind, trained and saved."""

import json
import numpy as np
import keras
L = keras.layers

class Scale(L.Layer):
    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, shape):
        self.w = self.add_weight(name="w", shape=(int(shape[-1]),), initializer="ones")

    def call(self, x):
        return x * self.w * self.factor

    def get_config(self):
        return {**super().get_config(), "factor": self.factor}

class Own(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.a = L.Dense(3)
        self.bs = [L.Dense(2), L.Dense(1)]

    def call(self, x):
        x = self.a(x)
        for b in self.bs:
            x = b(x)
        return x

def models():
    m = keras.Sequential([keras.Input((4,)), L.Dense(8, activation="relu"), L.Dropout(0.2), L.BatchNormalization(), Scale(3.0), L.Dense(1)])
    m.compile("adam", "mse", metrics=["mae"])
    yield "dense", m, (4,)
    m = keras.Sequential([L.Dense(3, input_shape=(4,), kernel_regularizer="l2"), L.LeakyReLU(), L.Dense(1)])
    m.compile(keras.optimizers.SGD(0.01, momentum=0.9), keras.losses.MeanSquaredError())
    yield "sgd", m, (4,)
    m = keras.Sequential([keras.Input((8, 8, 3)), L.Conv2D(4, 3), L.MaxPooling2D(), L.Flatten(), L.Dense(1)])
    m.compile("rmsprop", "mse")
    yield "conv", m, (8, 8, 3)
    i = keras.Input((5,), dtype="int32")
    x = L.Embedding(10, 4)(i)
    x = L.Bidirectional(L.LSTM(3, return_sequences=True))(x)
    x = L.GRU(3)(x)
    m = keras.Model(i, L.Dense(1)(x))
    m.compile("adam", "mse")
    yield "rnn", m, None
    i = keras.Input((6, 4))
    x = L.MultiHeadAttention(2, 3)(i, i)
    x = L.LayerNormalization()(L.Add()([x, i]))
    x = L.TimeDistributed(L.Dense(2))(x)
    x = L.GlobalAveragePooling1D()(x)
    y = keras.Sequential([keras.Input((2,)), L.Dense(3)])(x)
    m = keras.Model(i, [L.Dense(1, name="o")(y)])
    m.compile("adam", "mse", metrics=[keras.metrics.MeanAbsoluteError()])
    yield "mha", m, (6, 4)
    a, b = keras.Input((3,), name="a"), keras.Input((2,), name="b")
    inner = keras.Model(a, L.Dense(4)(a), name="inner")
    shared = L.Dense(2, name="shared")
    c = L.Concatenate()([inner(a), shared(b), shared(shared(b))])
    m = keras.Model([a, b], L.Dense(1)(c))
    m.compile("adam", "mse")
    yield "two", m, [(3,), (2,)]
    m = Own()
    m.compile("adam", "mse")
    yield "own", m, (4,)

def data(shape):
    rng = np.random.RandomState(0)
    if shape is None:
        x = rng.randint(0, 10, (8, 5))
    elif isinstance(shape, list):
        x = [rng.rand(8, *s).astype("float32") for s in shape]
    else:
        x = rng.rand(8, *shape).astype("float32")
    return x, rng.rand(8, 1)

for name, m, shape in models():
    x, y = data(shape)
    m.fit(x, y, verbose=0, epochs=2)
    m.save(f"{name}.keras")
    m.save_weights(f"{name}.weights.h5")
    print("RESULT", json.dumps([name, np.asarray(m.predict(x, verbose=0)).ravel().tolist()]))
