import numpy as np
from sklearn.model_selection import train_test_split, KFold
from sklearn.preprocessing import StandardScaler, MinMaxScaler, OneHotEncoder, LabelEncoder, LabelBinarizer
from sklearn.metrics import mean_squared_error, r2_score
X = np.arange(20.0).reshape(10, 2) ** 1.5
y = np.array(["a", "b", "c", "a", "b", "c", "a", "b", "a", "a"])
a, b, c, d = train_test_split(X, y, test_size=0.3, random_state=42)
print(a, b, c, d)
s = StandardScaler().fit(a)
print(s.mean_, s.scale_, s.transform(b), s.inverse_transform(s.transform(b)))
m = MinMaxScaler(); print(m.fit_transform(a)[:2], m.inverse_transform(m.transform(b)))
print(LabelEncoder().fit_transform(y), LabelBinarizer().fit_transform(y)[:3], LabelBinarizer().fit_transform(["u", "v", "u"]))
print(OneHotEncoder().fit_transform(y.reshape(-1, 1)).toarray()[:3])
for tr, te in KFold(3, shuffle=True, random_state=1).split(X): print(tr, te)
for tr, te in KFold(3).split(X): print(tr, te)
print(mean_squared_error([1.0, 2.0], [1.5, 2.5]), r2_score([1.0, 2.0, 4.0], [1.1, 2.2, 3.5]))
e = LabelEncoder().fit(y); print(e.transform(["c", "a"]), e.inverse_transform([2, 0]), e.classes_)
import pandas as pd
df = pd.DataFrame({"p": [1.0, 2.0, 4.0], "s": ["x", "y", "x"]})
print(df["p"].std(), df["p"].mean(), df["s"].map({"x": 0, "y": 1}).values, df.shape, df["p"].values, df.head(2)["p"].values)
