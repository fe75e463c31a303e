import numpy as np
import pandas as pd
s = pd.Series([1, 2, 3], name="n"); print(s); print(pd.Series([1.5, np.nan], index=["a", "b"])); print(repr(pd.Series(["x", "y"]))); print(pd.Series([True, False]), pd.Series([], dtype=float))
d = pd.DataFrame({"name": ["Ann", "Bo", "Cy"], "age": [30, 25, 41], "score": [1.5, 22.25, np.nan]})
print(d); print(d.dtypes); print(d.shape, d.columns, d.index, list(d), len(d)); print(d.head(2)); print(d.tail(1)); print(d["age"]); print(d[["age", "score"]]); print(d.describe())
d.info()
print(d.T); print(d.iloc[0]); print(d.loc[1, "name"], d.iloc[:2, 1:]); print(d[d.age > 26]); print(d.sort_values("age")); print(d.isnull().sum()); print(d.mean(numeric_only=True)); print(d["age"].mean(), d["age"].max(), d.age.sum(), d["score"].std())
print(d["name"].value_counts()); print(d["name"].unique(), d.age.values, d.to_numpy(), d["age"].tolist(), d.to_dict()); print(d.to_dict("records"), d.to_dict("list"))
print(d.groupby("name")["age"].mean()); print(d.assign(double=d.age * 2)); print(d.drop(columns="name")); print(d.fillna(0)); print(d.dropna()); print(d.rename(columns={"age": "years"})); print(d.set_index("name")); print(pd.concat([d, d], ignore_index=True)); print(pd.get_dummies(d["name"]))
print(pd.DataFrame(np.arange(6).reshape(2, 3), columns=list("abc"))); print(pd.DataFrame({"x": [1e-5, 1e5], "y": [1e10, 2.0]})); print(pd.DataFrame({"big": np.arange(100), "sq": np.arange(100) ** 2})); print(pd.Series(np.arange(100)))
print(pd.DataFrame([[1, 2], [3, 4]], index=["r1", "r2"], columns=["c1", "c2"])); print(pd.DataFrame()); print(pd.DataFrame({"t": pd.date_range("2024-01-01", periods=3), "v": [1, 2, 3]})); print(d.corr(numeric_only=True)); print(d.to_string(index=False)); print(d.to_csv(index=False))
h = pd.DataFrame({"loss": [0.5, 0.25], "accuracy": [0.75, 0.875]}); print(h); print(h.iloc[-1]); print(h.max(), h.idxmax()); print(h.round(1)); h["epoch"] = [1, 2]; print(h); print(h.apply(lambda c: c.sum())); print(h["loss"].apply(lambda v: v * 2)); print(h.pivot_table(values="loss", index="epoch")); print(pd.crosstab([0, 1, 1], [0, 0, 1])); print(pd.cut(pd.Series([1, 5, 9]), 2)); print(d.nunique()); print(d.memory_usage if False else "")
