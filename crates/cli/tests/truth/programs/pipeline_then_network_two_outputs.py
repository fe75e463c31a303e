"""Heart disease from a table: scikit-learn prepares, Keras learns, and a forest is compared with it."""
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.default_rng(3)
n = 120
frame = pd.DataFrame(
    {
        "age": rng.integers(30, 80, n),
        "pressure": rng.normal(130, 15, n),
        "cholesterol": rng.normal(220, 40, n),
        "sex": rng.choice(["f", "m"], n),
        "target": rng.integers(0, 2, n),
    }
)
numeric = ["age", "pressure", "cholesterol"]
categorical = ["sex"]

prepare = ColumnTransformer(
    [
        ("numbers", Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())]), numeric),
        ("words", OneHotEncoder(handle_unknown="ignore"), categorical),
    ]
)

train, test = train_test_split(frame, test_size=0.25, random_state=0)
x_train = prepare.fit_transform(train)
x_test = prepare.transform(test)
y_train, y_test = train["target"].values, test["target"].values

forest = Pipeline([("prepare", prepare), ("forest", RandomForestClassifier(n_estimators=5))])
forest.fit(train, y_train)
print("forest:", forest.score(test, y_test))

model = keras.Sequential(
    [
        layers.Input(shape=(x_train.shape[1],)),
        layers.Dense(16, activation="relu"),
        layers.Dropout(0.2),
        layers.Dense(2, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y_train, validation_data=(x_test, y_test), epochs=2, batch_size=16, verbose=0)
best = max(history.history["val_accuracy"])
print(f"network: {best:.3f}")
