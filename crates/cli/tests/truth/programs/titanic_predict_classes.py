"""A Kaggle kernel that still calls predict_classes."""
import numpy as np
import pandas as pd
from tensorflow import keras
from tensorflow.keras import layers

train = pd.DataFrame({
    "Survived": np.random.randint(0, 2, 40),
    "Pclass": np.random.randint(1, 4, 40),
    "Sex": np.random.choice(["male", "female"], 40),
    "Age": np.random.rand(40) * 80,
    "Fare": np.random.rand(40) * 100,
    "Embarked": np.random.choice(["S", "C", "Q"], 40),
})
train["Sex"] = train["Sex"].map({"male": 0, "female": 1})
train["Embarked"] = train["Embarked"].replace({"S": 0, "C": 1, "Q": 2}).astype(int)
train["Age"] = train["Age"].fillna(train["Age"].median())
X = train.drop("Survived", axis=1)
y = train["Survived"]

model = keras.Sequential()
model.add(layers.Dense(8, activation="relu", input_dim=X.shape[1]))
model.add(layers.Dense(1, activation="sigmoid"))
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(X.values.astype("float32"), y.values, epochs=2, batch_size=10, validation_split=0.2, verbose=0)
print(max(history.history["val_accuracy"]))
pred = model.predict_classes(X.values.astype("float32"))
