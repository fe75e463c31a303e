import numpy as np
from sklearn.model_selection import train_test_split, KFold, StratifiedKFold
from sklearn.preprocessing import StandardScaler, MinMaxScaler, LabelEncoder, OneHotEncoder, PolynomialFeatures
from sklearn.metrics import accuracy_score, confusion_matrix, mean_squared_error, classification_report, r2_score, f1_score
from sklearn.datasets import load_iris, make_blobs
X = np.arange(20).reshape(10, 2)
y = np.array([0, 1] * 5)
a, b, c, d = train_test_split(X, y, test_size=0.3, shuffle=False)
print(a.shape, b, c, d)
a, b, c, d = train_test_split(X, y, test_size=0.3, random_state=42)
print(b, d)
s = StandardScaler()
print(s.fit_transform(X.astype(float))[:2], s.mean_, s.scale_)
print(MinMaxScaler().fit_transform(X)[:3])
le = LabelEncoder()
print(le.fit_transform(["b", "a", "c", "a"]), le.classes_, le.inverse_transform([0, 2]))
print(OneHotEncoder(sparse_output=False).fit_transform([["x"], ["y"]]))
print(PolynomialFeatures(2).fit_transform(X[:2]))
for tr, te in KFold(3).split(X):
    print(tr, te)
for tr, te in StratifiedKFold(2).split(X, y):
    print(tr, te)
i = load_iris()
