import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score, log_loss
from sklearn.model_selection import KFold, train_test_split
from sklearn.preprocessing import RobustScaler

data = load_breast_cancer()
df = pd.DataFrame(data.data, columns=data.feature_names)
df["target"] = data.target
train, test = train_test_split(df, test_size=0.25, stratify=df["target"], random_state=0)
FEATURES = [c for c in df.columns if c != "target"]
NFOLDS = 3


def mlp(seed, n):
    tf.keras.utils.set_random_seed(seed)
    return tf.keras.Sequential([
        tf.keras.layers.Input((n,)),
        tf.keras.layers.GaussianNoise(0.1),
        tf.keras.layers.Dense(16, activation="gelu"),
        tf.keras.layers.Dense(1, activation="sigmoid")])


def wide(seed, n):
    inp = tf.keras.layers.Input((n,))
    a = tf.keras.layers.Dense(8, "relu")(inp)
    out = tf.keras.layers.Dense(1, "sigmoid")(tf.keras.layers.concatenate([inp, a]))
    return tf.keras.Model(inp, out)


builders = {"mlp": mlp, "wide": wide}
oof = np.zeros((len(train), len(builders)))
tst = np.zeros((len(test), len(builders)))
for b, (name, builder) in enumerate(builders.items()):
    kf = KFold(NFOLDS, shuffle=True, random_state=42)
    for fold, (tr_idx, va_idx) in enumerate(kf.split(train)):
        sc = RobustScaler().fit(train.iloc[tr_idx][FEATURES])
        xtr, xva, xte = (sc.transform(d[FEATURES]) for d in (train.iloc[tr_idx], train.iloc[va_idx], test))
        m = builder(fold, len(FEATURES))
        m.compile(tf.keras.optimizers.Nadam(1e-3), "binary_crossentropy", metrics=[tf.keras.metrics.AUC(name="auc")])
        m.fit(xtr, train["target"].iloc[tr_idx].values, batch_size=64, epochs=1, verbose=0)
        oof[va_idx, b] = m.predict(xva, verbose=0)
        tst[:, b] += m.predict(xte, verbose=0).ravel() / NFOLDS
        tf.keras.backend.clear_session()
stack = LogisticRegression().fit(oof, train["target"])
final = stack.predict_proba(tst)[:, 1]
print("AUC", roc_auc_score(test["target"], final) > 0.5, oof.shape, tst.shape)
