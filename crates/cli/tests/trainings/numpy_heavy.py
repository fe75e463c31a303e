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

rng = np.arange(60, dtype="float64")
data = np.sin(rng * 0.3).reshape(20, 3)
data = np.c_[data, data[:, 0] * data[:, 1], np.where(data[:, 2] > 0, 1.0, -1.0)]
mu, sd = data.mean(0), data.std(axis=0, ddof=1)
z = (data - mu) / np.maximum(sd, 1e-6)
cov = np.cov(z, rowvar=False)
corr = np.corrcoef(z.T)
u, s, vt = np.linalg.svd(z, full_matrices=False)
proj = np.abs(z @ vt[:2].T)
order = np.argsort(-proj[:, 0], kind="stable")
folds = np.array_split(order, 4)
labels = np.digitize(proj[:, 0], np.quantile(proj[:, 0], [0.33, 0.66]))
onehot = np.eye(3)[labels]
hist, edges = np.histogram(proj[:, 1], bins=4)
idx = np.argwhere(np.diff(np.sign(z[:, 0]))).ravel()
roll = np.convolve(z[:, 0], np.ones(3) / 3, mode="valid")
pad = np.pad(roll, (1, 1), mode="edge")
grid = np.stack(np.meshgrid(np.linspace(0, 1, 3), np.linspace(-1, 1, 2), indexing="ij"), -1)
model = keras.Sequential([layers.Input((5,)), layers.Dense(6, "tanh"), layers.Dense(3, "softmax")])
fill(model, 0.6)
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
hs = []
for k, fold in enumerate(folds):
    tr = np.setdiff1d(np.arange(20), fold)
    h = model.fit(z[tr].astype("float32"), onehot[tr], epochs=1, batch_size=8, shuffle=False, verbose=0, validation_data=(z[fold].astype("float32"), onehot[fold]))
    hs.append(h.history["val_loss"][0])
history = {"val": hs}
prediction = model.predict(z[:4].astype("float32"), verbose=0)
weights = model.get_weights()
outputs = {"cov": cov, "corr": corr, "s": s, "hist": hist, "edges": edges, "idx": idx, "pad": pad, "grid": grid, "cum": np.cumsum(labels), "uniq": np.unique(labels, return_counts=True)[1], "interp": np.interp([0.5, 1.5], [0, 1, 2], [3.0, 2.0, 0.0]), "poly": np.polyfit(np.arange(5.0), np.array([1.0, 3, 2, 5, 4]), 1), "ein": np.einsum("ij,ij->i", z, z), "kron": np.kron(np.eye(2), [[1, 2]]), "med": np.median(z, axis=0), "perc": np.percentile(z, [10, 90], axis=0), "tri": np.tril(np.ones((3, 3))), "rollx": np.roll(np.arange(5), 2), "grad": np.gradient(np.array([1.0, 2, 4, 7])), "lst": np.linalg.lstsq(z, proj[:, 0], rcond=None)[0]}
