"""Callbacks written by hand: a logger, a stopper at a target, a schedule that prints, a history by batch."""
import numpy as np
import tensorflow as tf
from tensorflow import keras


class BatchHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.losses, self.lrs = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])
        self.lrs.append(float(keras.backend.get_value(self.model.optimizer.learning_rate)))


class StopAt(keras.callbacks.Callback):
    def __init__(self, key, target):
        super().__init__()
        self.key, self.target = key, target

    def on_epoch_end(self, epoch, logs=None):
        if logs[self.key] >= self.target:
            print(f"epoch {epoch}: {self.key} reached")
            self.model.stop_training = True


class Confusion(keras.callbacks.Callback):
    def __init__(self, x, y, classes):
        super().__init__()
        self.x, self.y, self.classes = x, y, classes

    def on_epoch_end(self, epoch, logs=None):
        predicted = np.argmax(self.model.predict(self.x, verbose=0), axis=1)
        self.matrix = np.zeros((self.classes, self.classes), dtype=int)
        for t, p in zip(self.y, predicted):
            self.matrix[t, p] += 1


x, y = np.random.randn(120, 6).astype("float32"), np.repeat(np.arange(3), 40)
order = np.random.permutation(120)
x, y = x[order], y[order]
model = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(12, activation="tanh"), keras.layers.Dense(2, activation="softmax")])
model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
history, matrix = BatchHistory(), Confusion(x[100:], y[100:], 3)
schedule = keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * 0.9)
model.fit(x[:100], y[:100], validation_data=(x[100:], y[100:]), epochs=2, batch_size=20, verbose=0,
          callbacks=[history, matrix, schedule, StopAt("val_accuracy", 2.0), keras.callbacks.TerminateOnNaN()])
print(len(history.losses), matrix.matrix.sum())
