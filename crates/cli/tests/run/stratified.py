import numpy as np
from sklearn.model_selection import train_test_split
X = np.arange(22).reshape(11, 2); y = np.array([0, 1, 0, 1, 1, 0, 2, 2, 2, 1, 0])
for seed in (0, 1, 42):
    a, b, c, d = train_test_split(X, y, test_size=0.4, random_state=seed, stratify=y)
    print(a[:, 0], b[:, 0], c, d)
import pandas as pd
print(pd.get_dummies(pd.DataFrame({"g": ["a", "b", "a"], "x": [1, 2, 3]}), columns=["g"], dtype=float).values)
print(np.amax(np.array([1, 5, 2])), np.amin([[3, 1], [0, 2]], axis=1))
