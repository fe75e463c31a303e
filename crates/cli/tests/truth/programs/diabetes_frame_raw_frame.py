import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.default_rng(7)
n = 240
df = pd.DataFrame({
    "Pregnancies": rng.integers(0, 12, n),
    "Glucose": rng.normal(120, 30, n),
    "BloodPressure": rng.normal(70, 12, n),
    "BMI": rng.normal(32, 6, n),
    "Pedigree": rng.random(n),
    "Age": rng.integers(21, 70, n),
    "Outcome": rng.integers(0, 2, n),
})
df[["Glucose", "BMI"]] = df[["Glucose", "BMI"]].replace(0, np.nan)
df = df.fillna(df.mean())

X = df.drop(columns=["Outcome"])
y = df["Outcome"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=42, stratify=y)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

model = keras.Sequential([
    layers.Input(shape=(X_train.shape[1],)),
    layers.Dense(16, activation="relu"),
    layers.BatchNormalization(),
    layers.Dropout(0.3),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
early = keras.callbacks.EarlyStopping(monitor="val_auc", mode="max", patience=3, restore_best_weights=True)
hist = model.fit(X_train, y_train, validation_split=0.2, epochs=2, batch_size=32, callbacks=[early], verbose=0)
loss, acc, auc = model.evaluate(X_test, y_test, verbose=0)
pred = (model.predict(X_test, verbose=0) > 0.5).astype(int).ravel()
print(pd.crosstab(y_test.values, pred))
new = pd.DataFrame([[2, 130.0, 80.0, 30.1, 0.4, 45]], columns=X.columns)
print(model.predict(new.drop(columns=["Age"]), verbose=0)[0][0])
