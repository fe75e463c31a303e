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


x = np.sin(np.outer(np.arange(12), [0.4, 1.3])).astype("float32")
y = x.sum(axis=1, keepdims=True)
history = {}
for name, opt in [("adamw", keras.optimizers.AdamW(0.05)), ("adam", keras.optimizers.Adam(0.05, 0.5, amsgrad=True))]:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="softplus"), layers.Dense(3, activation="softmax")])
    fill(model, 0.7)
    model.compile(opt, "categorical_crossentropy", metrics=[keras.metrics.F1Score(average="macro"), keras.metrics.FBetaScore(average="micro", beta=2.0)])
    for k, v in model.fit(x, np.eye(3)[np.arange(12) % 3], batch_size=4, epochs=3, shuffle=False, verbose=0).history.items():
        history[f"{name}/{k}"] = [float(e) for e in v]
weights = model.get_weights()
