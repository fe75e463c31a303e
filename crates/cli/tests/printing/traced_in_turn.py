"""When a model's functions are traced, between what callbacks print."""

import keras
import numpy as np
from keras import layers


class Block(layers.Layer):
    def build(self, shape):
        print("build", tuple(shape))
        self.w = self.add_weight(shape=(shape[-1], 2), initializer="ones", name="w")

    def call(self, x, training=None):
        print("call", tuple(x.shape), training)
        return x @ self.w


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.block = Block()

    def call(self, x, training=None):
        return self.block(x, training=training)


class Log(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        print("train begin")

    def on_epoch_begin(self, epoch, logs=None):
        print("epoch begin", epoch)

    def on_epoch_end(self, epoch, logs=None):
        print("epoch end", epoch, sorted(logs))

    def on_train_batch_begin(self, batch, logs=None):
        print("batch begin", batch)

    def on_train_batch_end(self, batch, logs=None):
        print("batch end", batch)

    def on_test_begin(self, logs=None):
        print("test begin")

    def on_test_batch_begin(self, batch, logs=None):
        print("test batch begin", batch)

    def on_test_end(self, logs=None):
        print("test end")

    def on_predict_begin(self, logs=None):
        print("predict begin")

    def on_predict_end(self, logs=None):
        print("predict end")


net = Net()
net.compile("sgd", "mse", metrics=["mae"])
x = np.linspace(-1, 1, 30).reshape(10, 3).astype("float32")
y = np.ones((10, 2), "float32")
net.fit(x, y, epochs=2, batch_size=4, validation_data=(x[:5], y[:5]), callbacks=[Log()], verbose=0, shuffle=False)
print("evaluate")
net.evaluate(x, y, batch_size=4, callbacks=[Log()], verbose=0)
print("predict")
net.predict(x, callbacks=[Log()], verbose=0)
other = Net()
other.compile("sgd", "mse")
other.evaluate(x, y, callbacks=[Log()], verbose=0)
try:
    other.fit(x, np.ones((10, 3)), callbacks=[Log()], verbose=0)
except ValueError as e:
    print(type(e).__name__)
