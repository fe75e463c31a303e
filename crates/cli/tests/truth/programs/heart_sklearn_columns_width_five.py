import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder
from tensorflow import keras

rs = np.random.RandomState(3)
heart = pd.DataFrame({
    "age": rs.randint(29, 77, 180), "chol": rs.normal(240, 50, 180), "oldpeak": rs.rand(180) * 4,
    "cp": rs.choice(["typical", "atypical", "none"], 180), "thal": rs.choice(["fixed", "normal", "reversible"], 180),
    "target": rs.randint(0, 2, 180),
})
heart.loc[heart.index[:5], "chol"] = np.nan
features, labels = heart.drop(columns="target"), heart["target"].to_numpy()
numeric = make_pipeline(SimpleImputer(strategy="median"), MinMaxScaler())
ct = make_column_transformer((numeric, ["age", "chol", "oldpeak"]), (OneHotEncoder(handle_unknown="ignore"), ["cp", "thal"]))
x_train, x_test, y_train, y_test = train_test_split(features, labels, test_size=0.2, random_state=0)
x_train = ct.fit_transform(x_train)
x_test = ct.transform(x_test)
model = keras.models.Sequential([
    keras.layers.Dense(16, activation="relu", input_shape=(features.shape[1],)),
    keras.layers.Dense(8, activation="relu"),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=1, batch_size=16, validation_data=(x_test, y_test), verbose=0)
print((model.predict(x_test, verbose=0) > 0.5).astype(int).ravel().shape == y_test.shape)
