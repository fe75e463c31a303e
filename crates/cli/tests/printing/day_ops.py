import numpy as np
import tensorflow as tf
from tensorflow import keras
a = np.array([[1, 2], [3, 4]]); b = np.array([[0.5, 1.5]])
print("a =", a); print("a + b =\n", a + b); print("a.T:\n%s" % a.T); print("mean of axis 0: {}".format(a.mean(axis=0)))
print(a.sum(), a.sum(axis=1), a.max(), a.argmax(axis=1), a.std(), a.cumsum(), a.mean(), a.prod(), a.min(axis=0, keepdims=True), a.any(), (a > 2).sum())
print(a @ a, a * a, a ** 2, a / 2, a // 2, a % 2, -a, a > 2, a[a > 2], a[0], a[:, 1], a[-1, -1], a[::-1], a[..., None].shape)
print(np.vstack([a, a]), np.hstack([a, a]), np.stack([a, a]).shape, np.concatenate([a, a], axis=1), np.expand_dims(a, 0), np.squeeze(a[None]), np.tile(a, (1, 2)), np.repeat(a, 2), np.flip(a), np.roll(a, 1), np.transpose(a))
print(np.where(a > 2, a, 0), np.argsort([3, 1, 2]), np.sort([3, 1, 2])[::-1], np.argwhere(a > 2), np.clip(a, 2, 3), np.isin(a, [1, 4]), np.isnan([1, np.nan]), np.allclose(a, a), np.array_equal(a, b), np.abs([-1, 2]), np.sign([-2.0, 0, 3]))
print(np.outer([1, 2], [3, 4]), np.cross([1, 0, 0], [0, 1, 0]), np.trace(a), np.diag(a), np.diag([1, 2]), np.tril(np.ones((3, 3))), np.linalg.norm([3, 4]), np.linalg.eig(np.array([[2.0, 0], [0, 3]])), np.linalg.solve([[2.0, 0], [0, 4]], [2, 4]), np.kron([1, 2], [1, 1]))
print(np.random.RandomState(0).randint(0, 10, 5), np.random.RandomState(1).rand(2), np.random.default_rng(0).normal(size=2), np.random.RandomState(3).permutation(5), np.random.default_rng(1).integers(0, 5, 3), np.random.RandomState(0).randn(2, 2), np.random.RandomState(5).choice([1, 2, 3], 2))
np.random.seed(42); print(np.random.rand(3), np.random.randn(2), np.random.randint(5), np.random.uniform(0, 1, 2), np.random.choice(5, 3, replace=False), np.random.shuffle(a), a, np.random.normal(0, 1, (2,)), np.random.random())
print(a.astype(float), a.astype("float32").dtype, a.astype(bool), a.reshape(-1), a.flatten(), a.ravel().tolist(), a.copy() is a, a.shape, a.ndim, a.size, a.dtype, a.itemsize, a.nbytes, a.strides, a.flags["C_CONTIGUOUS"], a.tobytes()[:4])
print(np.info if False else "", np.lib if False else "", np.e, np.newaxis, np.inf, np.nan, -np.inf, np.random.seed, np.sum, np.add, np.exp) if False else None
x, y = np.meshgrid(np.arange(2), np.arange(3)); print(x, y); print(np.indices((2, 2)), np.mgrid[0:2, 0:2], np.ogrid[0:2, 0:2], np.r_[1:4, 0], np.c_[[1, 2], [3, 4]])
print(np.add.reduce([1, 2, 3]), np.maximum([1, 5], [3, 2]), np.polyfit([0, 1, 2], [1, 3, 5], 1).round(6), np.polyval([1, 2], 3), np.interp(1.5, [1, 2], [10, 20]), np.gradient([1.0, 4, 9]), np.convolve([1, 2], [1, 1]), np.digitize([0.5, 1.5], [0, 1, 2]), np.bincount([0, 1, 1]), np.searchsorted([1, 3], 2), np.cumprod([1, 2, 3]), np.nanmean([1, np.nan]), np.trapezoid([1, 2, 3]), np.quantile([1, 2, 3], 0.5), np.ptp([1, 5]), np.average([1, 2], weights=[3, 1]))
print(keras.ops.mean(np.array([1.0, 2.0])) if hasattr(keras, "ops") else tf.reduce_mean([1.0, 2.0]), keras.backend.eval(tf.constant([1.0])) if hasattr(keras.backend, "eval") else "-")
for row in a: print(row, end=" "); print()
for i, j in np.ndindex(2, 2): print(i, j, a[i, j], end="; ")
print()
print("Values:", *a.ravel(), sep=" "); print(str(a[0])[1:-1], repr(a), str(a).replace("\n", "|"), "[{}]".format(", ".join(f"{v:.1f}" for v in b[0])))
