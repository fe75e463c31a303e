import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)


class Seq(keras.utils.Sequence if not hasattr(keras.utils, "PyDataset") else keras.utils.PyDataset):
    def __init__(self, x, y, size, **kw):
        super().__init__(**kw)
        self.x, self.y, self.size = x, y, size

    def __len__(self):
        return int(np.ceil(len(self.x) / self.size))

    def __getitem__(self, i):
        s = slice(i * self.size, (i + 1) * self.size)
        return self.x[s], self.y[s], np.linspace(0.5, 1.5, len(self.x[s]))


x = np.sin(np.outer(np.arange(14), [0.4, 1.3])).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="tanh"), layers.Dense(1)])
fill(model, 0.7)
model.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"], weighted_metrics=["mae"])
h1 = model.fit(Seq(x, y, 4), epochs=2, shuffle=False, verbose=0, validation_data=Seq(x[:6], y[:6], 4)).history
e = model.evaluate(Seq(x, y, 5), verbose=0)
p = model.predict(Seq(x, y, 5), verbose=0)
history = h1
outputs = {"e": np.array(e), "p": p}
weights = model.get_weights()
