import numpy as np
from sklearn.model_selection import train_test_split, KFold, StratifiedKFold
from sklearn.preprocessing import StandardScaler, MinMaxScaler, LabelEncoder, OneHotEncoder, LabelBinarizer
from sklearn.metrics import confusion_matrix, classification_report, accuracy_score, mean_squared_error, mean_absolute_error, r2_score, roc_auc_score, precision_recall_fscore_support
X = np.arange(20).reshape(10, 2).astype(float)
y = np.array([0, 1] * 5)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.3, random_state=42)
print(X_train.shape, X_test.shape, y_train, y_test)
a, b = train_test_split(X, test_size=0.2, random_state=0, shuffle=True)
print(a[:2], b)
s = StandardScaler().fit(X_train)
print(s.mean_, s.scale_, s.transform(X_test).round(3), s.inverse_transform(s.transform(X_test)))
print(MinMaxScaler().fit_transform(X)[:3], MinMaxScaler((-1, 1)).fit_transform(X)[-1])
le = LabelEncoder()
print(le.fit_transform(["cat", "dog", "cat", "bird"]), le.classes_, le.inverse_transform([0, 2]))
oh = OneHotEncoder(sparse_output=False)
print(oh.fit_transform([["a"], ["b"], ["a"]]), oh.categories_, oh.get_feature_names_out())
print(LabelBinarizer().fit_transform([1, 2, 3]))
t, p = [0, 1, 2, 2, 1], [0, 2, 2, 2, 1]
print(confusion_matrix(t, p)); print(classification_report(t, p)); print(classification_report(t, p, target_names=["x", "y", "z"], digits=3))
print(accuracy_score(t, p), mean_squared_error([1.0, 2.0], [1.5, 2.5]), mean_absolute_error([1, 2], [2, 4]), round(r2_score([1, 2, 3], [1.1, 1.9, 3.2]), 4), roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]))
for fold, (tr, te) in enumerate(KFold(n_splits=3).split(X)):
    print(fold, tr, te)
for tr, te in KFold(n_splits=2, shuffle=True, random_state=1).split(X):
    print(tr, te)
for tr, te in StratifiedKFold(n_splits=2).split(X, y):
    print(tr, te)
print(precision_recall_fscore_support(t, p, average="macro", zero_division=0))
cm = confusion_matrix(y, 1 - y)
print(cm.ravel(), cm.sum(), cm / cm.sum())
tn, fp, fn, tp = confusion_matrix([0, 1, 1, 0], [0, 1, 0, 0]).ravel()
print(tn, fp, fn, tp, f"{tp / (tp + fn):.2f}")
