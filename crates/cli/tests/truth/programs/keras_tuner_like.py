import itertools
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models, optimizers, regularizers, callbacks
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(42)
X = rng.normal(size=(300, 13))
y = (X[:, 0] + X[:, 1] ** 2 > 0.5).astype(int)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0, stratify=y)
scaler = StandardScaler()
X_train = scaler.fit_transform(X_train)
X_test = scaler.transform(X_test)

GRID = {
    "units": [(16,), (32, 16)],
    "activation": ["relu", "tanh"],
    "lr": [1e-2, 1e-3],
    "l2": [0.0, 1e-4],
}


def make_model(units, activation, lr, l2):
    model = models.Sequential([layers.Input(shape=(X_train.shape[1],))])
    for n in units:
        model.add(layers.Dense(n, activation=activation, kernel_regularizer=regularizers.l2(l2) if l2 else None))
        model.add(layers.Dropout(0.2))
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile(optimizer=optimizers.Adam(learning_rate=lr), loss="binary_crossentropy", metrics=["accuracy"])
    return model


results = []
for combo in itertools.islice(itertools.product(*GRID.values()), 4):
    params = dict(zip(GRID.keys(), combo))
    tf.keras.backend.clear_session()
    model = make_model(**params)
    stop = callbacks.EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True)
    hist = model.fit(X_train, y_train, validation_split=0.2, epochs=2, batch_size=32, callbacks=[stop], verbose=0)
    loss, acc = model.evaluate(X_test, y_test, verbose=0)
    results.append({**params, "acc": acc, "epochs": len(hist.history["loss"])})

best = max(results, key=lambda r: r["acc"])
final = make_model(**{k: best[k] for k in GRID})
final.fit(X_train, y_train, epochs=1, verbose=0)
proba = final.predict(X_test, verbose=0).ravel()
labels = (proba > 0.5).astype(int)
print(best["units"], (labels == y_test).mean())
