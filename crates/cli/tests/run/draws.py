import numpy as np
import random
np.random.seed(3); random.seed(3)
print(np.random.choice(["cat", "dog"], 5), np.random.choice([0.1, 0.5], 3), np.random.choice([1, 2, 3], 4))
print(np.random.randint(0, 255, size=(2, 5), dtype="uint8"), np.random.randint(0, 1000, 4, dtype=np.int16), np.random.randint(-5, 5, 3, dtype="int32"))
print(np.random.multinomial(1, [0.2, 0.3, 0.5], 4), np.random.multinomial(20, [1 / 6.0] * 6))
rng = np.random.default_rng(5)
print(rng.random(3, dtype="float32"), rng.integers(0, 200, 6, dtype="uint8"), rng.integers(0, 1000, 5, dtype=np.uint16), rng.choice(["a", "b", "c"], 4))
print(np.linalg.det(np.array([[1.0, 2.0], [3.0, 4.0]])), np.linalg.det(np.eye(3) * 2), repr(np.bool_(False)))
d = {"a": 1, "b": [1, 2]}
print(d.keys(), d.values(), d.items(), list(d.keys()))
