import pandas as pd
import numpy as np
from sklearn.model_selection import StratifiedKFold
from sklearn.utils.class_weight import compute_class_weight
from sklearn.preprocessing import MinMaxScaler
from keras.models import Sequential
from keras.layers import Dense, Dropout, Input
from keras.metrics import AUC, Precision, Recall

columns = [f"V{i}" for i in range(1, 11)] + ["Amount", "Class"]
values = np.random.normal(size=(200, len(columns)))
df = pd.DataFrame(values, columns=columns)
df["Class"] = (np.random.rand(200) > 0.8).astype(int)
df.loc[:3, "Class"] = [0, 1, 0, 1]
df["Amount"] = MinMaxScaler().fit_transform(df[["Amount"]])
features = [c for c in df.columns if c != "Class"]
X, y = df[features].to_numpy(), df["Class"].to_numpy()


def make(n_in):
    m = Sequential([Input(shape=(n_in,)), Dense(16, activation="relu"), Dropout(0.3), Dense(1, activation="sigmoid")])
    m.compile("adam", "binary_crossentropy", metrics=[AUC(name="auc"), Precision(name="p"), Recall(name="r")])
    return m


scores = []
for fold, (tr, te) in enumerate(StratifiedKFold(n_splits=3, shuffle=True, random_state=0).split(X, y)):
    weights = compute_class_weight("balanced", classes=np.unique(y[tr]), y=y[tr])
    class_weight = dict(enumerate(weights))
    model = make(X.shape[1])
    model.fit(X[tr], y[tr], class_weight=class_weight, epochs=1, batch_size=32, verbose=0)
    loss, auc, p, r = model.evaluate(X[te], y[te], verbose=0)
    scores.append(auc)
    print(f"fold {fold}: {len(tr)} rows, {len(te)} held out")
print("mean auc", np.mean(scores) >= 0)
