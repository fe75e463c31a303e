"""Survivors, from a frame of mixed columns, column by column."""
import numpy as np
import pandas as pd
import keras
from keras import layers
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelEncoder, StandardScaler

rng = np.random.default_rng(7)
n = 80
df = pd.DataFrame({
    "age": rng.uniform(1, 80, n),
    "fare": rng.uniform(5, 90, n),
    "sex": np.where(rng.random(n) > 0.5, "male", "female"),
    "deck": rng.choice(list("ABC"), n),
    "survived": rng.integers(0, 2, n),
})
df["age"] = df["age"].fillna(df["age"].median())
df["sex"] = (df["sex"] == "male").astype(int)
df["deck"] = df["deck"].str.lower()
y = df.pop("survived")
X_train, X_test, y_train, y_test = train_test_split(df, y, test_size=0.25, random_state=0)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)
print(X_train.shape, y_train.shape, y_train.value_counts().index.tolist() != [])

model = keras.Sequential([
    layers.Input((4,)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=1, batch_size=10, verbose=0)
prediction = (model.predict(X_test, verbose=0) > 0.5).astype(int).ravel()
print(pd.crosstab(y_test.to_numpy(), prediction).shape[0] >= 1)
