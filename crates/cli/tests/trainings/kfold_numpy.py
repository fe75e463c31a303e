import numpy as np
import tensorflow as tf

n, d = 21, 3
X = np.sin(np.outer(np.arange(1, n + 1), np.arange(1, d + 1)) * 0.7)
coef = np.array([1.5, -2.0, 0.5])
y = X @ coef + 0.05 * np.cos(np.arange(n))
folds = np.array_split(np.arange(n), 3)
scores = []
for k, test in enumerate(folds):
    train = np.setdiff1d(np.arange(n), test)
    mean, std = X[train].mean(axis=0), X[train].std(axis=0, ddof=1)
    a, b = (X[train] - mean) / std, (X[test] - mean) / std
    model = tf.keras.Sequential([tf.keras.Input((d,)), tf.keras.layers.Dense(1, kernel_initializer="zeros")])
    model.compile(optimizer=tf.keras.optimizers.SGD(0.1, momentum=0.9), loss="mse", metrics=["mae"])
    history = model.fit(a, y[train], epochs=5, batch_size=7, shuffle=False, verbose=0)
    mse, mae = model.evaluate(b, y[test], verbose=0)
    scores.append((mse, mae))
    print(f"fold {k}: mse={mse:.4f} mae={mae:.4f} n={len(train)}/{len(test)}")
scores = np.array(scores)
print("mean", scores.mean(axis=0).round(4), "std", scores.std(axis=0).round(4))
closed, residual, rank, sv = np.linalg.lstsq(np.c_[a, np.ones(len(a))], y[train], rcond=None)
outputs = {"scores": scores, "closed": closed, "sv": sv, "pinv": np.linalg.pinv(a[:4])}
weights = model.get_weights()
