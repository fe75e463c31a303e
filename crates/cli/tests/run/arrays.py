"""Arrays as NumPy computes and prints them."""
import numpy as np
a = np.arange(12).reshape(3, 4)
print(a)
print(repr(a))
print(a * 1.5)
print(repr(a.astype('float32') / 3))
print(np.array([1e10, 1.5, 3e-7]))
print(np.linspace(0, 1, 5), np.linspace(0, 1, 7))
print(np.arange(2000))
print(np.arange(3000).reshape(50, 60))
print(np.array([True, False]), np.array([[True], [False]]))
print(np.array(['a', 'bcd']))
print(np.float32(0.1), repr(np.float32(0.1)), [np.float64(0.5), np.int64(3)])
print(np.array([np.nan, 1.0, np.inf]), np.array([-1.5, 2.25, -np.inf]))
print(np.zeros((2, 3, 2)))
print(a[1], a[:, 2], a[a > 5], a[[0, 2], [1, 3]], a[::-1, ::2])
b = a[1]
b[0] = 100
print(a)
a[:, 1] = 7
a[a > 50] = -1
print(a, b)
a += 1
print(a, b)
x = np.sin(np.arange(10, dtype='float64'))
print(x, x.mean(), x.std(), x.sum(), x.argmax(), np.median(x))
print(x.reshape(2, 5) @ x.reshape(5, 2))
print(np.array([]), np.array(5), np.array(2.5), repr(np.array(2.5)), repr(np.array([], dtype='float32')))
print(np.array([0.00001, 123.0]), np.array([1.0, 1000000.0]), np.array([1e8, 1.0]))
np.random.seed(0)
print(np.random.rand(2, 2), np.random.randn(3), np.random.randint(0, 10, 5), np.random.permutation(5))
print(np.concatenate([a, a], axis=1).shape, np.vstack([a[0], a[1]]), np.where(a > 3, a, 0))
print(np.allclose(x, x + 1e-9), np.array_equal(a, a), np.unique([3, 1, 3, 2]), np.sort([3, 1, 2]), np.argsort([3, 1, 2]))
print(x.max(), float(x[3]), int(a[0, 0]), f"{x.mean():.3f}", a.tolist(), len(a))
print(np.eye(2), np.diag([1, 2]), np.cumsum([1, 2, 3]), np.tile([1, 2], 2), np.repeat([1, 2], 2))
print(np.dot([1, 2], [3, 4]), np.outer([1, 2], [1, 2]))
for row in a[:2]:
    print(row, row.sum())
print(np.int8(5) + np.int8(6))
print(np.round(x, 2), np.clip(a, 0, 5), x.astype(int), (x > 0).sum(), np.mean(a, axis=0), a.T)
