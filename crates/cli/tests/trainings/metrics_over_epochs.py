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


x = np.sin(np.outer(np.arange(18), [0.4, 1.3, 2.2])).astype("float32")
y = (x.sum(axis=1, keepdims=True) > 0).astype("float32")
M = keras.metrics
model = keras.Sequential([layers.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1, activation="sigmoid")])
fill(model, 0.8)
model.compile(keras.optimizers.Adam(0.05, epsilon=1e-3), "binary_crossentropy",
              metrics=["accuracy", M.Precision(thresholds=0.4, name="p4"), M.Recall(thresholds=0.6, name="r36"),
                       M.TruePositives(), M.FalseNegatives(thresholds=0.45), M.AUC(num_thresholds=20, name="auc"),
                       M.AUC(curve="PR", num_thresholds=30, summation_method="minoring", name="pr"),
                       M.PrecisionAtRecall(0.6, num_thresholds=25), M.SensitivityAtSpecificity(0.5, num_thresholds=25),
                       M.RecallAtPrecision(0.7, num_thresholds=25), M.SpecificityAtSensitivity(0.5, num_thresholds=25),
                       M.BinaryAccuracy(threshold=0.6, name="ba6"), M.BinaryCrossentropy(label_smoothing=0.1, name="bce"),
                       M.Hinge(), M.MeanSquaredLogarithmicError(name="msle"), M.LogCoshError(), M.Poisson(), M.KLDivergence()],
              weighted_metrics=["accuracy", M.Precision(name="wp"), M.AUC(num_thresholds=15, name="wauc")])
history = model.fit(x, y, sample_weight=np.linspace(0.3, 2.0, 18), batch_size=5, epochs=4, shuffle=False, verbose=0,
                    validation_data=(x[:7], y[:7]))
outputs = {k: v for k, v in model.evaluate(x, y, batch_size=4, verbose=0, return_dict=True).items()}
