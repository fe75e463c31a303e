# %% [markdown]
# # Wine quality: regression in cells
# %%
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import train_test_split
# %%
np.random.seed(0)
wine = pd.DataFrame(np.random.rand(320, 11), columns=[f"f{i}" for i in range(11)])
wine["type"] = np.where(np.random.rand(320) > 0.75, "red", "white")
wine["quality"] = np.random.randint(3, 9, 320)
wine.head()
# %%
wine["is_red"] = wine["type"].apply(lambda t: 1 if t == "red" else 0)
wine.drop("type", axis=1)
train, test = train_test_split(wine, test_size=0.2, random_state=1)
train, val = train_test_split(train, test_size=0.2, random_state=1)


def format_output(data):
    is_red = np.array(data.pop("is_red"))
    quality = np.array(data.pop("quality"))
    return quality, is_red


train_Y, val_Y, test_Y = format_output(train), format_output(val), format_output(test)
stats = train.describe().transpose()


# %%
def norm(x):
    return (x - stats["mean"]) / stats["std"]


train_X, val_X, test_X = norm(train), norm(val), norm(test)
# %%
inputs = tf.keras.layers.Input(shape=(11,))
x = tf.keras.layers.Dense(32, activation="relu")(inputs)
x = tf.keras.layers.Dense(32, activation="relu")(x)
quality = tf.keras.layers.Dense(1, name="quality")(x)
kind = tf.keras.layers.Dense(1, activation="sigmoid", name="kind")(x)
model = tf.keras.Model(inputs, [quality, kind])
model.compile(optimizer="rmsprop", loss={"quality": "mse", "kind": "binary_crossentropy"},
              metrics={"quality": tf.keras.metrics.RootMeanSquaredError(), "kind": "accuracy"})
# %%
history = model.fit(train_X, train_Y, epochs=2, validation_data=(val_X, val_Y), verbose=0)
# %%
results = model.evaluate(test_X, test_Y, verbose=0)
quality_pred, kind_pred = model.predict(test_X, verbose=0)
print(len(results) >= 3, quality_pred.shape, kind_pred.shape)
