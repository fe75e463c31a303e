"""A PyDataset (Keras 3) that yields two inputs, two targets, and weights."""
import math
import numpy as np
import keras
from keras import layers


class Clips(keras.utils.PyDataset):
    def __init__(self, waves, mels, speakers, emotions, batch_size, **kwargs):
        super().__init__(**kwargs)
        self.waves, self.mels = waves, mels
        self.speakers, self.emotions = speakers, emotions
        self.batch_size = batch_size

    def __len__(self):
        return math.ceil(len(self.waves) / self.batch_size)

    def __getitem__(self, idx):
        low = idx * self.batch_size
        high = min(low + self.batch_size, len(self.waves))
        x = {"wave": self.waves[low:high], "mel": self.mels[low:high]}
        y = {"speaker": self.speakers[low:high], "emotion": self.emotions[low:high]}
        return x, y


n = 20
waves = np.random.randn(n, 400, 1).astype("float32")
mels = np.random.rand(n, 20, 16).astype("float32")
speakers = np.random.randint(0, 5, n)
emotions = np.eye(4)[np.random.randint(0, 4, n)]
data = Clips(waves, mels, speakers, emotions, batch_size=8, workers=1)

wave = keras.Input((400, 1), name="wave")
mel = keras.Input((20, 16), name="mel")
a = layers.GlobalMaxPooling1D()(layers.Conv1D(8, 25, strides=10, activation="relu")(wave))
b = layers.GRU(8)(mel)
z = layers.concatenate([a, b])
model = keras.Model(
    inputs={"wave": wave, "mel": mel},
    outputs={"speaker": layers.Dense(5, activation="softmax", name="speaker")(z),
             "emotion": layers.Dense(4, activation="softmax", name="emotion")(z)},
)
model.compile(
    optimizer="adam",
    loss={"speaker": "sparse_categorical_crossentropy", "emotion": "categorical_crossentropy"},
    loss_weights={"speaker": 1.0, "emotion": 0.5},
    metrics={"speaker": ["accuracy"], "emotion": ["accuracy"]},
)
model.fit(data, epochs=1, verbose=0)
res = model.evaluate(data, verbose=0, return_dict=True)
print("loss" in res)
