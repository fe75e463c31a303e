import numpy as np
from tensorflow import keras
try:
    from sklearn.cross_validation import train_test_split
except ImportError:
    from sklearn.model_selection import train_test_split

X = np.random.rand(40, 6).astype("float32")
y = np.random.randint(0, 3, 40)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0)
model = keras.Sequential([keras.layers.Input((6,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3, activation="softmax")])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, epochs=1, verbose=0)
predicted = model.predict(X_test, verbose=0).argmax(axis=1)
from sklearn.metrics import plot_confusion_matrix
