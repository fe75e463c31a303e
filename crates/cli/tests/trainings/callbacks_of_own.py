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


class Warm(keras.callbacks.Callback):
    def __init__(self, peak):
        super().__init__()
        self.peak, self.n = peak, 0

    def on_train_batch_begin(self, batch, logs=None):
        self.n += 1
        rate = self.peak * min(1.0, self.n / 5)
        o = self.model.optimizer
        if hasattr(o.learning_rate, "assign"):
            o.learning_rate.assign(rate)
        else:
            o.learning_rate = rate

    def on_epoch_end(self, epoch, logs=None):
        logs["rate"] = float(self.model.optimizer.learning_rate)
        logs["norm"] = float(sum(np.sum(w ** 2) for w in self.model.get_weights()))
        if logs["loss"] < 0.01:
            self.model.stop_training = True


class Freeze(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        w = self.model.layers[0].get_weights()
        self.model.layers[0].set_weights([w[0] * 0.9, w[1]])
        print(self.params["epochs"], self.params["steps"])


x = np.sin(np.outer(np.arange(14), [0.4, 1.3])).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="tanh"), layers.Dense(1)])
fill(model, 0.7)
model.compile(keras.optimizers.SGD(0.01), "mse")
history = model.fit(x, y, batch_size=4, epochs=6, shuffle=False, verbose=0, callbacks=[Warm(0.3), Freeze(), keras.callbacks.EarlyStopping("norm", patience=3)])
weights = model.get_weights()
