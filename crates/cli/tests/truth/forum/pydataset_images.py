import math
import numpy as np
import keras

class DigitSequence(keras.utils.Sequence if hasattr(keras.utils, "Sequence") else keras.utils.PyDataset):
    def __init__(self, x_set, y_set, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.x, self.y = x_set, y_set
        self.batch_size = batch_size
        self.indexes = np.arange(len(self.x))

    def __len__(self):
        return math.ceil(len(self.x) / self.batch_size)

    def __getitem__(self, idx):
        picked = self.indexes[idx * self.batch_size:(idx + 1) * self.batch_size]
        batch_x = self.x[picked]
        batch_y = self.y[picked]
        return batch_x, batch_y

    def on_epoch_end(self):
        np.random.shuffle(self.indexes)

x = np.random.rand(50, 12).astype("float32")
y = np.random.rand(50, 2)
seq = DigitSequence(x, y, 16)
model = keras.Sequential([keras.layers.Dense(8, activation="relu", input_shape=(12,)), keras.layers.Dense(2)])
model.compile(loss="mae", optimizer="sgd")
model.fit(seq, epochs=2, verbose=0)
print(model.evaluate(seq, verbose=0))
print(model.predict(seq, verbose=0).shape)
