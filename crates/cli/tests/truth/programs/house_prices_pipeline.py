"""House prices with a ColumnTransformer: numbers scaled, categories one-hot encoded."""
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from tensorflow import keras

rng = np.random.default_rng(1)
n = 60
df = pd.DataFrame({
    "area": rng.uniform(30, 200, n),
    "rooms": rng.integers(1, 7, n),
    "year": rng.integers(1900, 2020, n),
    "kind": rng.choice(["flat", "house", "loft"], n),
    "price": rng.uniform(1e5, 1e6, n),
})
num_features = ["area", "rooms", "year"]
cat_features = ["kind"]
pre = ColumnTransformer([
    ("num", Pipeline([("imp", SimpleImputer(strategy="median")), ("sc", StandardScaler())]), num_features),
    ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), cat_features),
])
X = df.drop(columns="price")
y = np.log1p(df["price"].to_numpy())
X_tr, X_te, y_tr, y_te = train_test_split(X, y, test_size=0.2, random_state=42)
X_tr = pre.fit_transform(X_tr)
X_te = pre.transform(X_te)


def make_model(width):
    model = keras.Sequential()
    model.add(keras.layers.Input((width,)))
    for units in (16, 8):
        model.add(keras.layers.Dense(units, activation="relu"))
        model.add(keras.layers.Dropout(0.1))
    model.add(keras.layers.Dense(1))
    model.compile(keras.optimizers.Adam(1e-3), loss="mae", metrics=[keras.metrics.RootMeanSquaredError()])
    return model


model = make_model(X_tr.shape[1])
es = keras.callbacks.EarlyStopping(monitor="val_loss", patience=1, restore_best_weights=True)
model.fit(X_tr, y_tr, validation_split=0.25, epochs=2, callbacks=[es], verbose=0)
print(model.evaluate(X_te, y_te, verbose=0, return_dict=True))
prices = np.expm1(model.predict(X_te, verbose=0)).ravel()
print(prices.shape)
