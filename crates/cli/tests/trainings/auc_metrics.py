import numpy as np
from tensorflow import keras
from tensorflow.keras import metrics as M

x = np.linspace(-2, 2, 26).reshape(13, 2)
y = (np.sin(x.sum(axis=1) * 3) > 0).astype(int).reshape(-1, 1)
model = keras.models.Sequential()
model.add(keras.layers.InputLayer((2,)) if False else keras.Input(shape=(2,)))
model.add(keras.layers.Dense(4, activation="tanh"))
model.add(keras.layers.Dense(1, activation="sigmoid"))
model.set_weights([np.array([[0.5, -0.3, 0.9, 0.1], [0.2, 0.7, -0.6, -0.4]]), np.zeros(4), np.array([[1.0], [-0.8], [0.6], [0.4]]), np.array([0.05])])
model.compile(
    optimizer="adam",
    loss="binary_crossentropy",
    metrics=[M.AUC(name="auc", num_thresholds=50), M.AUC(curve="PR", name="pr", summation_method="minoring"),
             M.Precision(thresholds=0.4), M.Recall(), M.SpecificityAtSensitivity(0.5), M.PrecisionAtRecall(0.6),
             M.TruePositives(), M.FalseNegatives(name="fn"), M.BinaryIoU(target_class_ids=[0, 1], threshold=0.5)],
    weighted_metrics=[M.BinaryAccuracy(threshold=0.45, name="wacc")])
sw = np.linspace(0.2, 1.8, 13)
history = model.fit(x, y.astype("float32"), sample_weight=sw, batch_size=5, epochs=2, verbose=0, shuffle=False)
outputs = {m.name: float(m.result()) if np.ndim(m.result()) == 0 else np.array(m.result()) for m in model.metrics if m.name in ("auc", "pr", "loss")}
print(sorted(history.history))
prediction = model.predict(x, verbose=0)
