import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class Data(keras.utils.Sequence):
    def __init__(self, x, y, size, **options):
        super().__init__(**options)
        self.x, self.y, self.size, self.seen = x, y, size, []

    def __len__(self):
        return int(np.ceil(len(self.x) / self.size))

    def __getitem__(self, i):
        part = slice(i * self.size, (i + 1) * self.size)
        return self.x[part], self.y[part]

    def on_epoch_begin(self):
        self.seen.append(1)

    def on_epoch_end(self):
        self.seen.append(2)
        self.y = self.y * 0.9


class Note(keras.callbacks.Callback):
    def __init__(self, data):
        super().__init__()
        self.data = data

    def on_train_begin(self, logs=None):
        self.data.seen.append(3)

    def on_epoch_end(self, epoch, logs=None):
        self.data.seen.append(4)


class Stop(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        self.model.stop_training = batch == 1


x = np.sin(np.arange(22) * 0.31).reshape(11, 2)
y = np.cos(np.arange(11) * 0.4)
model = keras.Sequential([layers.Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
model.set_weights([np.sin(np.arange(w.size) + i).reshape(w.shape) for i, w in enumerate(model.get_weights())])
model.compile(keras.optimizers.SGD(0.1), "mse")
data, held = Data(x, y, 4), Data(x, y, 5)
history = model.fit(data, epochs=3, shuffle=False, verbose=0, validation_data=held, callbacks=[Note(data)])
counts = [list(data.seen), list(held.seen)]
model.evaluate(data, verbose=0)
counts.append(list(data.seen))
prediction = model.predict(data, verbose=0)
counts.append(list(data.seen))
stopped = Data(x, y, 4)
model.fit(stopped, epochs=2, shuffle=False, verbose=0, callbacks=[Stop()])
counts.append(list(stopped.seen))
outputs = [np.array(count) for count in counts]
weights = model.get_weights()
