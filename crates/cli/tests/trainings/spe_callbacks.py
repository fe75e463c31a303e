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


x = np.sin(np.arange(22) * 0.31).reshape(22, 1).astype("float32")
y = x ** 2
seen = []


class Rec(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        seen.append([0, batch, -1.0])

    def on_train_batch_end(self, batch, logs=None):
        seen.append([1, batch, float(logs["loss"])])

    def on_test_batch_end(self, batch, logs=None):
        seen.append([2, batch, float(logs["loss"])])

    def on_predict_batch_end(self, batch, logs=None):
        seen.append([3, batch, float(logs["outputs"].shape[0])])

    def on_epoch_end(self, epoch, logs=None):
        seen.append([4, epoch, float(logs["val_loss"])])


model = keras.Sequential([layers.Input((1,)), layers.Dense(3, activation="relu"), layers.Dense(1)])
fill(model)
model.compile(keras.optimizers.SGD(0.1), "mse", steps_per_execution=3)
history = model.fit(x, y, batch_size=3, epochs=2, shuffle=False, verbose=0, validation_split=0.3, callbacks=[Rec()])
prediction = model.predict(x, batch_size=5, verbose=0, callbacks=[Rec()])
model.evaluate(x, y, batch_size=4, verbose=0, callbacks=[Rec()])
outputs = np.array(seen)
weights = model.get_weights()
