"""Small things of scikit-learn and pandas
that feed a model."""
import numpy as np
import pandas as pd
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import resample
from tensorflow import keras

print(__doc__.split("\n")[0])
X1, X2 = np.zeros((30, 2)), np.ones((10, 2))
X = np.r_[X1, X2]
y = np.r_[np.zeros(30), np.ones(10)]
steps = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
X = steps[:-1].fit_transform(X)
few, labels = resample(X, y, replace=False, n_samples=20, random_state=0)
people = pd.DataFrame({
    "weight": pd.Series([68, 83, 112], index=["alice", "bob", "charles"]),
    "children": pd.Series([0, 3], index=["charles", "bob"]),
})
frame = pd.DataFrame(np.zeros((3, 2)), columns=["a", "b"])
frame.index = pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03"])
row = pd.DataFrame({"loss": np.float32(0.5), "epoch": 1}, index=[0])
both = np.array([[0, 1], [1, 0], [1, 1], [0, 0]])
print(people.shape, frame.shape, row.shape, roc_auc_score(both, np.random.rand(4, 2), average=None).mean() <= 1)
model = keras.Sequential([keras.layers.InputLayer((2,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy")
model.fit(few, labels, epochs=1, verbose=0)
model.predict(np.c_[np.arange(4), np.arange(4), np.arange(4)], verbose=0)
