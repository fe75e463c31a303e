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


x = np.sin(np.outer(np.arange(15), [0.4, 1.3, 2.2])).astype("float32")
lab = np.arange(15) % 3
M = keras.metrics
model = keras.Sequential([layers.Input((3,)), layers.Dense(5, activation="tanh"), layers.Dense(3, activation="softmax")])
fill(model, 0.7)
model.compile(keras.optimizers.SGD(0.2), "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
h1 = model.fit(x, lab, class_weight={0: 1.0, 1: 3.0, 2: 0.5}, batch_size=4, epochs=2, shuffle=False, verbose=0).history
h2 = model.fit(x, lab, sample_weight=np.arange(15) / 7.0, batch_size=4, epochs=2, shuffle=False, verbose=0, validation_split=0.2).history
logs = [model.train_on_batch(x[:5], lab[:5], class_weight={0: 2.0, 1: 1.0, 2: 1.0}), model.train_on_batch(x[5:], lab[5:], sample_weight=np.linspace(0, 1, 10)),
        model.test_on_batch(x[:7], lab[:7])]
model.compile(keras.optimizers.SGD(0.2), "categorical_crossentropy")
h3 = model.fit(x, np.eye(3)[lab], class_weight={0: 1.0, 1: 0.0, 2: 2.0}, batch_size=6, epochs=2, shuffle=False, verbose=0).history
history = {f"{i}/{k}": v for i, h in enumerate([h1, h2, h3]) for k, v in h.items()}
outputs = np.array(logs)
weights = model.get_weights()
