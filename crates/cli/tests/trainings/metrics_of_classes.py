import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)


x = np.sin(np.outer(np.arange(20), [0.4, 1.3, 2.2, 0.9])).astype("float32")
lab = (np.arange(20) * 7) % 4
onehot = np.eye(4)[lab].astype("float32")
M = keras.metrics
history = {}
for name, target, ms in [
    ("sparse", lab, [M.SparseCategoricalAccuracy(), M.SparseTopKCategoricalAccuracy(k=2), M.SparseCategoricalCrossentropy()]),
    ("onehot", onehot, [M.CategoricalAccuracy(), M.TopKCategoricalAccuracy(k=3), M.CategoricalCrossentropy(label_smoothing=0.1),
                        M.OneHotIoU(num_classes=4, target_class_ids=[0, 2]), M.OneHotMeanIoU(num_classes=4), M.F1Score(average="macro"),
                        M.F1Score(average="weighted", threshold=0.3, name="f1w"), M.FBetaScore(average="micro", beta=2.0),
                        M.Precision(class_id=1), M.Recall(top_k=2), M.AUC(multi_label=True, num_thresholds=10, name="mlauc"),
                        M.CosineSimilarity(), M.CategoricalHinge(), M.SquaredHinge()])]:
    model = keras.Sequential([layers.Input((4,)), layers.Dense(6, activation="relu"), layers.Dense(4, activation="softmax")])
    fill(model, 0.7)
    loss = "sparse_categorical_crossentropy" if name == "sparse" else "categorical_crossentropy"
    model.compile(keras.optimizers.RMSprop(0.01, epsilon=1e-3), loss, metrics=ms)
    for k, v in model.fit(x, target, batch_size=6, epochs=3, shuffle=False, verbose=0, validation_split=0.25).history.items():
        history[f"{name}/{k}"] = [float(np.mean(e)) for e in v]
prediction = model.predict(x, verbose=0)
