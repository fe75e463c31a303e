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


x = np.sin(np.arange(20) * 0.31).reshape(20, 1).astype("float32")
y = np.abs(x)
outputs, history = {}, {}
for i, cb in enumerate([keras.callbacks.EarlyStopping("loss", patience=1, min_delta=0.05, restore_best_weights=True),
                        keras.callbacks.EarlyStopping("val_mae", mode="min", patience=2, baseline=0.05, restore_best_weights=True),
                        keras.callbacks.EarlyStopping("val_loss", patience=0, start_from_epoch=3),
                        keras.callbacks.EarlyStopping("mae", mode="max", patience=1)]):
    model = keras.Sequential([layers.Input((1,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    fill(model, 0.9)
    model.compile(keras.optimizers.SGD(0.3), "mse", metrics=["mae"])
    h = model.fit(x, y, validation_split=0.2, batch_size=4, epochs=7, shuffle=False, verbose=0, callbacks=[cb])
    history[f"l{i}"] = h.history["val_loss"]
    outputs[f"s{i}"] = np.array([cb.stopped_epoch, len(h.epoch), float(cb.best)])
    outputs[f"w{i}"] = model.get_weights()[0]
