"""House prices: the model is built for the raw columns, but the encoder makes more of them."""
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from tensorflow import keras

rng = np.random.default_rng(1)
n = 60
df = pd.DataFrame({
    "area": rng.uniform(30, 200, n),
    "rooms": rng.integers(1, 7, n),
    "year": rng.integers(1900, 2020, n),
    "price": rng.uniform(1e5, 1e6, n),
})
df["age"] = 2024 - df["year"]
df["per_room"] = df["area"] / df["rooms"]
target = df.pop("price")
features = ["area", "rooms", "year"]
X_tr, X_te, y_tr, y_te = train_test_split(df, target, test_size=0.2, random_state=42)
scaler = StandardScaler().fit(X_tr)
X_tr, X_te = scaler.transform(X_tr), scaler.transform(X_te)

model = keras.Sequential([
    keras.layers.Dense(16, activation="relu", input_shape=(len(features),)),
    keras.layers.Dense(1),
])
model.compile(optimizer="adam", loss="mse")
model.fit(X_tr, y_tr, epochs=1, verbose=0)
