"""Cross-validation of a small regression, with scalers per fold."""
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_regression
from sklearn.metrics import mean_absolute_error, r2_score
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PolynomialFeatures

X, y = make_regression(n_samples=60, n_features=4, noise=0.1, random_state=1)
print(X.shape, y.shape)


def make_model(width):
    model = tf.keras.models.Sequential()
    model.add(tf.keras.layers.Input(shape=(width,)))
    model.add(tf.keras.layers.Dense(10, activation="relu"))
    model.add(tf.keras.layers.Dense(1))
    model.compile(loss="mean_squared_error", optimizer="adam", metrics=["mae"])
    return model


scores = []
for fold, (train, test) in enumerate(KFold(n_splits=3, shuffle=True, random_state=0).split(X)):
    features = make_pipeline(PolynomialFeatures(degree=2, include_bias=False), MinMaxScaler())
    x_train, x_test = features.fit_transform(X[train]), features.transform(X[test])
    target = MinMaxScaler()
    y_train = target.fit_transform(y[train].reshape(-1, 1))
    model = make_model(x_train.shape[1])
    model.fit(x_train, y_train, epochs=1, batch_size=8, verbose=0)
    predicted = target.inverse_transform(model.predict(x_test, verbose=0))
    scores.append(mean_absolute_error(y[test], predicted))
    print(fold, x_train.shape, predicted.shape, r2_score(y[test], predicted.ravel()) <= 1)
print(len(scores), np.mean(scores) > 0)
