"""Loan defaults: a frame, one-hot columns, scaling, minority rows drawn again."""
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.default_rng(11)
n = 400
df = pd.DataFrame({
    "amount": rng.normal(12000, 4000, n),
    "term": rng.choice([36, 60], n),
    "grade": rng.choice(list("ABCDE"), n),
    "home": rng.choice(["RENT", "OWN", "MORTGAGE"], n),
    "income": rng.normal(60000, 15000, n),
    "default": np.r_[np.ones(80, dtype=int), np.zeros(320, dtype=int)],
})
df["ratio"] = df["amount"] / df["income"]
df = pd.get_dummies(df, columns=["grade", "home"], drop_first=True, dtype=float)
X = df.drop(columns="default")
y = df["default"].values
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, stratify=y, random_state=0)
scaler = StandardScaler().fit(X_train)
X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
minority = np.where(y_train == 1)[0]
extra = np.random.choice(minority, size=(y_train == 0).sum() - len(minority), replace=True)
X_bal = np.vstack([X_train, X_train[extra]])
y_bal = np.concatenate([y, y_train[extra]])
print(X_bal.shape, y_bal.mean())
model = keras.Sequential([
    layers.Input(shape=(10,)),
    layers.Dense(32, activation="relu"),
    layers.BatchNormalization(),
    layers.Dropout(0.3),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=[keras.metrics.AUC(name="auc"), keras.metrics.Recall(name="recall")])
h = model.fit(X_bal, y_bal, validation_data=(X_test, y_test), epochs=2, batch_size=64, verbose=0)
print(sorted(h.history))
proba = model.predict(X_test, verbose=0).ravel()
best = max(np.arange(0.1, 0.9, 0.1), key=lambda t: ((proba > t) == y_test).mean())
print(proba.shape, 0 < best < 1)
