import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler, LabelEncoder
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Dropout
from tensorflow.keras.utils import to_categorical

rows = [[i % 3, 20 + i % 40, 1000.0 + 10 * i, ["north", "south", "west"][i % 3], i % 2] for i in range(90)]
df = pd.DataFrame(rows, columns=["kind", "age", "income", "region", "left"])
X = df.drop("left", axis=1)
y = df["left"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
scaler = StandardScaler()
X_train, X_test = scaler.fit_transform(X_train), scaler.transform(X_test)
model = Sequential([Dense(16, activation="relu", input_dim=X_train.shape[1]), Dropout(0.2), Dense(1, activation="sigmoid")])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, batch_size=16, epochs=1, validation_data=(X_test, y_test), verbose=0)
print((model.predict(X_test, verbose=0) > 0.5).astype(int).ravel().shape)
