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

X = np.c_[np.ones(12), np.sin(np.arange(12) * 0.9), np.cos(np.arange(12) * 1.7)]
t = np.where(X[:, 1] + 0.5 * X[:, 2] > 0, 1, -1)
w = np.zeros(3)
errs = []
for ep in range(6):
    bad = 0
    for xi, ti in zip(X, t):
        if ti * (w @ xi) <= 0:
            w += 0.1 * ti * xi
            bad += 1
    errs.append(float(bad))
    if bad == 0:
        break
W1 = 0.5 * np.sin(np.arange(6)).reshape(3, 2)
W2 = 0.5 * np.cos(np.arange(2)).reshape(2, 1)
T = (t[:, None] + 1) / 2
ls = []
for _ in range(20):
    z = 1 / (1 + np.exp(-X @ W1))
    o = 1 / (1 + np.exp(-z @ W2))
    ls.append(float(-np.mean(T * np.log(o) + (1 - T) * np.log(1 - o))))
    d2 = (o - T) / len(X)
    d1 = (d2 @ W2.T) * z * (1 - z)
    W2 -= 0.5 * z.T @ d2
    W1 -= 0.5 * X.T @ d1
history = {"errs": errs, "ls": ls}
model = keras.Sequential([layers.Input((3,)), layers.Dense(2, "sigmoid", use_bias=False), layers.Dense(1, "sigmoid", use_bias=False)])
model.set_weights([W1, W2])
prediction = model.predict(X, verbose=0)
outputs = {"w": w, "same": np.array(np.allclose(prediction, 1 / (1 + np.exp(-(1 / (1 + np.exp(-X @ W1))) @ W2)), atol=1e-5))}
