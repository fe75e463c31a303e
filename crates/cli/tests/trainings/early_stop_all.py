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


x = np.sin(np.arange(24) * 0.31).reshape(24, 1).astype("float32")
y = np.cos(x * 2)
history, outputs = {}, {}
C = keras.callbacks
for i, es in enumerate([C.EarlyStopping("val_loss", patience=1, restore_best_weights=True),
                        C.EarlyStopping("val_mae", patience=2, min_delta=0.01, start_from_epoch=2),
                        C.EarlyStopping("mae", mode="max", patience=2, restore_best_weights=True),
                        C.EarlyStopping("loss", baseline=0.05, patience=3, restore_best_weights=True),
                        C.EarlyStopping("val_loss", min_delta=-0.5, patience=0)]):
    model = keras.Sequential([layers.Input((1,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    fill(model, 0.9)
    model.compile(keras.optimizers.SGD(0.4), "mse", metrics=["mae"])
    h = model.fit(x, y, batch_size=6, epochs=8, shuffle=False, verbose=0, validation_split=0.25, callbacks=[es])
    for k, v in h.history.items():
        history[f"{i}/{k}"] = v
    outputs[f"stop{i}"] = np.array([es.stopped_epoch, es.best if np.isfinite(es.best) else 0.0, es.wait])
    outputs[f"w{i}"] = model.get_weights()[0]
