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


def batches(n, size):
    i = 0
    while True:
        k = np.arange(i, i + size) % n
        yield np.stack([np.sin(k), np.cos(k)], 1).astype("float32"), (k % 3 == 0).astype("float32")[:, None]
        i += size


model = keras.Sequential([layers.Input((2,)), layers.Dense(5, activation="tanh"), layers.Dense(1, activation="sigmoid")])
fill(model, 0.9)
model.compile(keras.optimizers.SGD(3.0), "binary_crossentropy", metrics=["accuracy"])
es = keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, min_delta=1e-3, restore_best_weights=True)
history = model.fit(batches(9, 3), steps_per_epoch=3, epochs=8, validation_data=batches(6, 2), validation_steps=3, verbose=0, callbacks=[es])
print(es.stopped_epoch, es.best_epoch, len(history.epoch), history.params["steps"])
outputs = model.predict(batches(9, 3), steps=2, verbose=0)
weights = model.get_weights()
