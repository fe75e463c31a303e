import numpy as np
import pandas as pd
import tensorflow as tf
df = pd.DataFrame({"city": ["A", "B", "A", "C", "B", "A"], "year": [2020, 2020, 2021, 2021, 2021, 2020],
                   "sales": [10.5, 20.0, 15.25, 7.0, None, 12.0], "n": [1, 2, 3, 4, 5, 6]})
print(df)
print(df.pivot_table(index="city", columns="year", values="n", aggfunc="sum"))
print(df.pivot_table(index="city", values=["sales", "n"], aggfunc={"sales": "mean", "n": "max"}))
print(df.to_string(index=False))
print(df.sort_values(["city", "sales"], ascending=[True, False]).reset_index(drop=True))
print(df.groupby(["city", "year"])["n"].sum().unstack(fill_value=0))
print(df.groupby("city").agg(total=("n", "sum"), biggest=("n", "max")))
print(df.groupby("city")["n"].sum().reset_index())
print(df["n"].shift(1).tolist(), df["n"].diff().tolist(), df["n"].cumsum().tolist())
df[["n", "year"]] = df[["n", "year"]].values * 2
print(df.isna().any(), df["n"].tolist())
both = pd.concat([df.head(2), df.tail(2)])
print(both.index.tolist(), pd.merge(df[["city", "n"]], pd.DataFrame({"city": ["A", "B"], "pop": [100, 200]}), how="left"))
df.to_csv("out.csv", index=False)
print(open("out.csv").read())
data = tf.data.Dataset.range(10)
print(list(data.shard(3, 1).as_numpy_iterator()))
print([int(x) for x in data.scan(tf.constant(0, tf.int64), lambda s, x: (s + x, s + x))])
print([int(x) for x in data.take(5).interleave(lambda x: tf.data.Dataset.from_tensors(x).repeat(3), cycle_length=2, block_length=2)])
print(tf.constant([["a"], ["bc"]]).numpy(), tf.constant([["a"], ["bc"]]).numpy().ravel())
print(np.array([[1.5, 1, True], [None, "x", 2]], dtype=object))
