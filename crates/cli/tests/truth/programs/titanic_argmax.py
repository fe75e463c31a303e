"""The same kernel with the threshold written out."""
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from tensorflow import keras
from tensorflow.keras import layers

train = pd.DataFrame({
    "Survived": np.random.randint(0, 2, 40),
    "Pclass": np.random.randint(1, 4, 40),
    "Sex": np.random.choice(["male", "female"], 40),
    "Age": np.random.rand(40) * 80,
    "Fare": np.random.rand(40) * 100,
})
train["Sex"] = train["Sex"].map({"male": 0, "female": 1})
train["Age"] = train["Age"].fillna(train["Age"].median())
X = train.drop(columns=["Survived"])
y = train.pop("Survived")
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.25, random_state=0)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_val = scaler.transform(X_val)
model = keras.Sequential([
    layers.Input(shape=(X_train.shape[1],)),
    layers.Dense(8, activation="relu"),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
history = model.fit(X_train, y_train, epochs=2, batch_size=10, validation_data=(X_val, y_val), verbose=0)
hist = pd.DataFrame(history.history)
hist["epoch"] = history.epoch
print(hist.tail())
predictions = (model.predict(X_val, verbose=0) > 0.5).astype(int).reshape(X_val.shape[0])
submission = pd.DataFrame({"PassengerId": np.arange(len(predictions)), "Survived": predictions})
submission.to_csv("submission.csv", index=False)
