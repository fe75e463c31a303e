"""Cross-validation: a model is made anew in every fold."""
import numpy as np
from sklearn.datasets import load_wine
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.preprocessing import StandardScaler, LabelBinarizer
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.keras import regularizers

wine = load_wine()
X, y = wine.data, wine.target
Y = LabelBinarizer().fit_transform(y)


def build_model():
    model = Sequential()
    model.add(Dense(8, activation="relu", input_shape=(X.shape[1],), kernel_regularizer=regularizers.l2(1e-3)))
    model.add(Dense(len(wine.target_names), activation="softmax"))
    model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
    return model


scores = []
for fold, (train, test) in enumerate(StratifiedKFold(n_splits=3, shuffle=True, random_state=1).split(X, y)):
    scaler = StandardScaler().fit(X[train])
    model = build_model()
    model.fit(scaler.transform(X[train]), Y[train], epochs=1, batch_size=32, verbose=0)
    loss, acc = model.evaluate(scaler.transform(X[test]), Y[test], verbose=0)
    print("fold %d: %.2f%%" % (fold, acc * 100))
    scores.append(acc * 100)
print("%.2f%% (+/- %.2f%%)" % (np.mean(scores), np.std(scores)))
