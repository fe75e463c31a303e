"""Human activity recognition from accelerometer windows, 1D CNN in a class."""
import argparse
import json
import numpy as np
from collections import Counter
import tensorflow as tf
from tensorflow.keras import Model, Input, layers, optimizers, callbacks
from tensorflow.keras.utils import to_categorical


class SensorData:
    LABELS = ["walk", "run", "sit", "stand"]

    def __init__(self, window=50, stride=25, channels=3, seed=3):
        self.window, self.stride, self.channels = window, stride, channels
        self.rng = np.random.RandomState(seed)

    def recordings(self, n=4, length=500):
        for i in range(n):
            yield self.rng.randn(length, self.channels), i % len(self.LABELS)

    def segments(self):
        segs, labels = [], []
        for signal, label in self.recordings():
            start = 0
            while start + self.window <= len(signal):
                segs.append(signal[start:start + self.window])
                labels.append(self.LABELS[label])
                start += self.stride
        return np.stack(segs).astype(np.float32), labels

    def arrays(self):
        x, names = self.segments()
        index = {name: i for i, name in enumerate(self.LABELS)}
        y = to_categorical([index[name] for name in names], num_classes=len(self.LABELS))
        print("class balance", Counter(names))
        return x, y


class ActivityClassifier:
    def __init__(self, data, filters=(16, 32), lr=1e-3):
        self.data = data
        self.model = self._build(filters)
        self.model.compile(optimizer=optimizers.Adam(learning_rate=lr), loss="categorical_crossentropy",
                           metrics=["accuracy"])

    def _build(self, filters):
        inp = Input(shape=(self.data.window, self.data.channels))
        h = inp
        for f in filters:
            h = layers.Conv1D(f, 5, activation="relu")(h)
            h = layers.MaxPooling1D(2)(h)
        h = layers.GlobalAveragePooling1D()(h)
        out = layers.Dense(len(self.data.LABELS), activation="softmax")(h)
        return Model(inp, out, name="har")

    def train(self, x, y, epochs=1):
        order = np.random.permutation(len(x))
        cut = int(0.8 * len(x))
        tr, va = order[:cut], order[cut:]
        return self.model.fit(x[tr], y[tr], validation_data=(x[va], y[va]), epochs=epochs, batch_size=16, verbose=0)

    def classify(self, window):
        probs = self.model.predict(window[None, ...], verbose=0)[0]
        return self.data.LABELS[int(np.argmax(probs))]


def main():
    data = SensorData(window=50)
    x, y = data.arrays()
    print(x.shape, y.shape)
    clf = ActivityClassifier(data)
    hist = clf.train(x, y)
    print(json.dumps({k: len(v) for k, v in hist.history.items()}))
    print(clf.classify(x[0]) in SensorData.LABELS)


if __name__ == "__main__":
    main()
