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


x = np.sin(np.arange(30) * 0.31).reshape(10, 3).astype("float32")
y = np.cos(np.arange(10) * 0.31).reshape(10, 1).astype("float32")
model = keras.Sequential([layers.Input((3,)), layers.Dense(4, activation="selu"), layers.Dense(1)])
fill(model)
opt = keras.optimizers.Adamax(0.05)
model.compile(opt, "mse")
h1 = model.fit(x, y, batch_size=5, epochs=4, shuffle=False, verbose=0,
               callbacks=[keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.3, patience=0, min_delta=10.0, verbose=0),
                          keras.callbacks.LearningRateScheduler(lambda e, lr: float(lr) * 0.9)])
opt_vars = [np.array(v) for v in (opt.variables() if callable(opt.variables) else opt.variables)]
history = {"loss": h1.history["loss"], "lr": [float(v) for v in (h1.history.get("lr") or h1.history["learning_rate"])]}
outputs = {"n": np.array(len(opt_vars)), "sum": np.array([float(np.sum(v)) for v in opt_vars]), "lr": np.array(float(opt.learning_rate))}
weights = model.get_weights()
