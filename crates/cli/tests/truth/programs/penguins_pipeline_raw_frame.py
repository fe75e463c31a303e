# Penguin species with mixed columns; classic sklearn preprocessing
import os
import numpy as np
import pandas as pd
import seaborn as sns
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import OneHotEncoder, StandardScaler, LabelEncoder
from sklearn.metrics import classification_report, confusion_matrix
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

SPECIES = ["Adelie", "Chinstrap", "Gentoo"]
ISLANDS = ["Biscoe", "Dream", "Torgersen"]
rng = np.random.default_rng(0)
n = 120
penguins = pd.DataFrame({
    "species": [SPECIES[i % 3] for i in range(n)],
    "island": [ISLANDS[(i // 2) % 3] for i in range(n)],
    "bill": rng.normal(44, 5, n),
    "flipper": rng.normal(200, 14, n),
    "mass": rng.normal(4200, 800, n),
    "sex": ["male" if i % 2 else "female" for i in range(n)],
})
print(penguins.head())
X = penguins.drop("species", axis=1)
y = LabelEncoder().fit_transform(penguins["species"])
numeric = ["bill", "flipper", "mass"]
categorical = ["island", "sex"]
prep = ColumnTransformer([
    ("num", StandardScaler(), numeric),
    ("cat", OneHotEncoder(), categorical),
])
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=1, stratify=y)
prep.fit(X_train)

print("features:", X_train.shape[1])


def build_model(n_features, n_classes, hidden=(16, 8)):
    inputs = keras.Input(shape=(n_features,))
    x = inputs
    for units in hidden:
        x = layers.Dense(units, activation="relu")(x)
        x = layers.BatchNormalization()(x)
    outputs = layers.Dense(n_classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)


model = build_model(8, len(SPECIES))
model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, validation_data=(X_test, y_test), epochs=2, batch_size=16, verbose=0)
probabilities = model.predict(X_test, verbose=0)
y_pred = np.argmax(probabilities, axis=1)
print(confusion_matrix(y_test, y_pred))
print(classification_report(y_test, y_pred, target_names=SPECIES, zero_division=0))
