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
C = keras.callbacks
history, outputs = {}, {}
for i, p in enumerate([C.ReduceLROnPlateau("val_mae", factor=0.3, patience=0, min_delta=0.05),
                       C.ReduceLROnPlateau("mae", mode="max", factor=0.5, patience=2, cooldown=2),
                       C.ReduceLROnPlateau("loss", factor=0.1, patience=1, min_lr=0.02, min_delta=0.02)]):
    model = keras.Sequential([layers.Input((1,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    fill(model, 0.9)
    model.compile(keras.optimizers.RMSprop(0.1, epsilon=1e-2), "mse", metrics=["mae"])
    h = model.fit(x, y, batch_size=6, epochs=7, shuffle=False, verbose=0, validation_data=(x[::3], y[::3]), callbacks=[p])
    for k, v in h.history.items():
        history[f"{i}/{k}"] = [float(e) for e in v]
    outputs[f"rate{i}"] = np.array(float(model.optimizer.learning_rate))
