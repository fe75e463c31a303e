import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, classification_report, mean_squared_error, r2_score, f1_score, precision_score, recall_score, roc_auc_score
from sklearn.preprocessing import StandardScaler, MinMaxScaler, LabelEncoder, OneHotEncoder, LabelBinarizer
from sklearn.model_selection import train_test_split, KFold
y = np.array([0, 1, 2, 1, 0, 2, 1]); p = np.array([0, 1, 1, 1, 0, 2, 2])
print(accuracy_score(y, p), mean_squared_error(y, p), r2_score(y, p), f1_score(y, p, average="macro"), precision_score(y, p, average=None), recall_score(y, p, average="weighted"))
print(confusion_matrix(y, p)); print(classification_report(y, p)); print(classification_report(y, p, target_names=["a", "bb", "ccc"], digits=3))
print(classification_report(y, p, output_dict=True)); print(roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]))
s = StandardScaler(); x = np.array([[1.0, 2], [3, 4], [5, 9]]); print(s.fit_transform(x), s.mean_, s.scale_, s.var_); print(s, MinMaxScaler().fit_transform(x), MinMaxScaler(feature_range=(-1, 1)))
l = LabelEncoder(); print(l.fit_transform(["b", "a", "b"]), l.classes_, l.inverse_transform([0, 1]), l)
o = OneHotEncoder(sparse_output=False); print(o.fit_transform([["a"], ["b"]]), o.categories_, o); print(LabelBinarizer().fit_transform(["x", "y", "z"]))
a, b = train_test_split(np.arange(8), test_size=0.25, shuffle=False); print(a, b)
a, b, c, d = train_test_split(np.arange(10).reshape(5, 2), range(5), test_size=0.4, random_state=42); print(a, b, c, d)
for tr, te in KFold(3).split(np.arange(6)): print(tr, te)
print(KFold(5, shuffle=True, random_state=1), s.get_params())
