import numpy as np
from keras.utils import to_categorical

x = np.arange(12).reshape(3, 4)
print(np.trace(x), np.trace(x, 1), np.trace(x, offset=-1), np.trace(x, 1, 1, 0))
print(np.diagonal(x, 1), np.diagonal(x, 0, 1, 0), np.diagonal(x, 1, axis1=1, axis2=0))
small = np.array([0.1, 0.2, 0.3, 0.7, 1.1, 2.3, 5.9], dtype="float32")
print(np.average(small), np.mean(small), np.average(small.reshape(1, 7), axis=0))
print(np.tile(np.arange(3), (2, 2)), np.repeat(x, 2, axis=1)[0], np.take(x, [-1, 0]))
print(np.rot90(x), np.cross([1, 2, 3], [4, 5, 6]), np.round(np.float32(0.99995), 4))
print(x[x > 8], np.array(5, ndmin=2), np.atleast_2d([1, 2]), np.vstack([1, 2]), np.hstack([[1], [2, 3]]))
print(to_categorical([0, 2, 1], 3))
np.random.seed(3)
print(np.random.permutation(6), np.random.choice(10, 3, replace=False), np.random.choice(5, 4))
draws = np.random.default_rng(3)
print(draws.permutation(6), draws.choice(10, 3, replace=False))
