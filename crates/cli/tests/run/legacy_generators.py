"""Random numbers of `RandomState` and `np.random`."""
import numpy as np
r = np.random.RandomState(7)
print(r.rand(2, 2))
print(r.randint(0, 5, 6))
print(r.randn(3))
print(r.choice(5, 3, replace=False))
print(r.permutation(4))
print(r.normal(1.0, 2.0, 2))
np.random.seed(0)
print(np.random.rand(), np.random.binomial(10, 0.5, 4))
print(np.random.exponential(2.0, 2), np.random.poisson(3, 4))
