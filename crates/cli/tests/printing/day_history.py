history = {"loss": [0.693, 0.512, 0.4031], "accuracy": [0.5, 0.75, 0.8125], "val_loss": [0.7, 0.55, 0.45], "val_accuracy": [0.5, 0.5, 0.75]}
import numpy as np
import pandas as pd
print(history)
print(history.keys(), list(history.values())[0], history["loss"][-1])
df = pd.DataFrame(history)
print(df)
print(df.tail(1))
print(df.describe())
print(df["val_loss"].idxmin(), df.loc[df["val_loss"].idxmin()])
df["epoch"] = df.index + 1
print(df.set_index("epoch"))
print(df.iloc[-1].to_dict(), df.columns.tolist(), df.shape)
best = int(np.argmin(history["val_loss"]))
print(f"Best epoch: {best + 1}, val_loss: {history['val_loss'][best]:.4f}")
print("{:<15}{:>10}{:>10}".format("metric", "first", "last"))
for k, v in history.items():
    print("{:<15}{:>10.4f}{:>10.4f}".format(k, v[0], v[-1]))
print(pd.Series(history["loss"], name="loss").rolling(2).mean())
print(np.mean(history["accuracy"]), np.std(history["accuracy"]), np.array(history["loss"]).round(1), np.diff(history["loss"]))
print(df[["loss", "val_loss"]].mean(), df.round(2), df.max(), df.T)
print(df.to_string(), df.to_json(), df.values)
