"""The flowers table, with its columns named as scikit-learn gives them."""
import numpy as np
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder
from sklearn.model_selection import train_test_split
from keras.models import Sequential
from keras.layers import Dense, Input

datasets = load_iris()
df = pd.DataFrame(datasets.data, columns=[datasets.feature_names])
df["Target"] = datasets.target
print(df.shape)

x = datasets.data
y = datasets.target.reshape(-1, 1)
encoder = OneHotEncoder()
y = encoder.fit_transform(y).toarray().argmax(axis=1)

x_train, x_test, y_train, y_test = train_test_split(x, y, train_size=0.8, random_state=66, stratify=y)
scaler = MinMaxScaler()
x_train = scaler.fit_transform(x_train)
x_test = scaler.transform(x_test)

model = Sequential()
model.add(Input(shape=(4,)))
model.add(Dense(10, activation="relu"))
model.add(Dense(8, activation="relu"))
model.add(Dense(3, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=2, batch_size=8, validation_split=0.2, verbose=0)
loss, acc = model.evaluate(x_test, y_test, verbose=0)
y_pred = np.argmax(model.predict(x_test, verbose=0), axis=1)
y_true = np.argmax(y_test, axis=1)
print(loss, acc, (y_pred == y_true).mean())
