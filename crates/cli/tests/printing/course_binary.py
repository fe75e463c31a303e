import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from sklearn.metrics import confusion_matrix, accuracy_score, precision_score, recall_score, f1_score
rng = np.random.RandomState(0)
X = rng.rand(60, 4)
y = (X[:, 0] + X[:, 1] > 1).astype(int)
print("X:", X.shape, X.dtype, "y:", y.shape, y.dtype, "positives:", y.sum(), f"{y.mean():.2%}")
model = keras.Sequential([keras.Input(shape=(4,), name="features"), layers.Dense(8, activation="relu", kernel_initializer="ones", name="hidden"), layers.Dense(1, activation="sigmoid", kernel_initializer="zeros", name="out")], name="binary")
model.compile(optimizer="sgd", loss="binary_crossentropy", metrics=["accuracy"])
model.summary()
loss, acc = model.evaluate(X, y, verbose=0)
print(f"before: loss={loss:.4f} acc={acc:.3f}")
p = model.predict(X, verbose=0)
print(p.shape, p.dtype, p[:2].ravel(), np.unique(p))
labels = (p > 0.4).astype("int32").flatten()
print(labels[:10], labels.sum())
print(confusion_matrix(y, labels))
print(f"accuracy {accuracy_score(y, labels):.3f} precision {precision_score(y, labels):.3f} recall {recall_score(y, labels):.3f} f1 {f1_score(y, labels):.3f}")
history = model.fit(X, y, epochs=2, batch_size=16, validation_split=0.25, verbose=0)
print(history.history.keys(), [len(v) for v in history.history.values()], history.params)
print(model.metrics_names, model.input_shape, model.output_shape, model.count_params())
print({l.name: [tuple(w.shape) for w in l.weights] for l in model.layers})
