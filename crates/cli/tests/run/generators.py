"""Random numbers of `default_rng`."""
import numpy as np
rng = np.random.default_rng(42)
print(rng.random(3))
print(rng.integers(0, 10, size=5))
print(rng.normal(size=(2, 2)))
print(rng.uniform(-1, 1, 3))
print(rng.permutation(6))
print(rng.choice([10, 20, 30], size=4))
a = np.arange(5)
rng.shuffle(a)
print(a)
print(rng.standard_normal(2).astype("float32"))
