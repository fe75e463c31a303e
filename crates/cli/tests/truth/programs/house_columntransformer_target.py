import argparse
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.impute import SimpleImputer
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler, PowerTransformer
from tensorflow import keras


def make_frame(n, seed):
    rng = np.random.default_rng(seed)
    df = pd.DataFrame({
        "LotArea": rng.lognormal(9, 0.3, n),
        "YearBuilt": rng.integers(1900, 2010, n),
        "Rooms": rng.integers(2, 9, n).astype(float),
        "Street": rng.choice(["Pave", "Grvl"], n),
        "Style": rng.choice(["1Story", "2Story", "SLvl"], n),
    })
    df.loc[df.sample(frac=0.1, random_state=seed).index, "Rooms"] = np.nan
    df["Age"] = 2011 - df["YearBuilt"]
    df["SalePrice"] = df["LotArea"] * 10 + df["Rooms"].fillna(4) * 1000
    return df


def build(n_in, units, l2):
    reg = keras.regularizers.l2(l2)
    model = keras.Sequential([keras.layers.InputLayer((n_in,))], name="houses")
    for u in units:
        model.add(keras.layers.Dense(u, kernel_regularizer=reg, activation="relu"))
    model.add(keras.layers.Dense(1))
    model.compile(optimizer="adam", loss=keras.losses.Huber(delta=1.0), metrics=[keras.metrics.RootMeanSquaredError()])
    return model


def main(argv=None):
    parser = argparse.ArgumentParser(description="house prices")
    parser.add_argument("--units", type=int, nargs="+", default=[16, 8])
    parser.add_argument("--l2", type=float, default=1e-4)
    parser.add_argument("--epochs", type=int, default=2)
    args = parser.parse_args(argv)
    df = make_frame(150, 3)
    X, y = df.drop(columns="SalePrice"), np.log1p(df["SalePrice"])
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
    numeric = X.select_dtypes("number").columns.tolist()
    categorical = ["Street", "Style"]
    pre = ColumnTransformer([
        ("num", Pipeline([("imp", SimpleImputer(strategy="median")), ("sc", StandardScaler())]), numeric),
        ("cat", OneHotEncoder(handle_unknown="ignore", sparse_output=False), categorical),
    ])
    Xt = pre.fit_transform(X_train)
    Xv = pre.transform(X_test)
    yscaler = StandardScaler()
    yt = yscaler.fit_transform(y_train.values)
    yv = yscaler.transform(y_test.values)
    model = build(Xt.shape[1], args.units, args.l2)
    model.fit(Xt, yt, validation_data=(Xv, yv), epochs=args.epochs, batch_size=32, verbose=0)
    pred = np.expm1(yscaler.inverse_transform(model.predict(Xv, verbose=0)))
    print(Xt.shape, pred.shape, mean_absolute_error(np.expm1(y_test), pred) > 0)


if __name__ == "__main__":
    main([])
