"""Losses and metrics of integers, which Keras 2's and Keras 3's functions take or refuse."""
import numpy as np
from tensorflow import keras

labels, scores = [[0, 1], [1, 0]], [[1, 1], [0, 2]]


def told(name, made):
    try:
        print(name, np.round(np.asarray(made(), "float64"), 4).tolist())
    except Exception as e:
        print(name, type(e).__name__)


for name in [
    "mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "poisson", "huber", "log_cosh",
    "kl_divergence", "hinge", "squared_hinge", "categorical_hinge", "binary_crossentropy",
    "mean_squared_logarithmic_error", "binary_focal_crossentropy",
]:
    told(name, lambda: getattr(keras.losses, name)(labels, scores))
    told(name, lambda: getattr(keras.losses, name)(np.array(scores), np.array(scores, "float32") / 4))

for name in [
    "MeanSquaredError", "MeanAbsoluteError", "Poisson", "LogCoshError", "KLDivergence", "Hinge", "SquaredHinge",
    "CategoricalHinge", "BinaryCrossentropy", "RootMeanSquaredError", "CosineSimilarity", "BinaryAccuracy",
    "CategoricalAccuracy", "MeanSquaredLogarithmicError", "TopKCategoricalAccuracy",
]:
    metric = getattr(keras.metrics, name)()
    told(name, lambda: (metric.update_state(labels, scores), metric.result())[1])
    metric = getattr(keras.metrics, name)()
    told(name, lambda: (metric.update_state(labels, [[0.5, 0.25], [0.75, 0.125]]), metric.result())[1])

told("binary_accuracy", lambda: keras.metrics.binary_accuracy([[1], [1], [0]], [[1], [0], [0]]))
told("softmax", lambda: keras.layers.Softmax()(np.array([[1.0, 2.0, 1.0]], "float32"), np.array([True, False, True])))
weighted = keras.layers.IntegerLookup(
    vocabulary=[-1, 12, 36, 42], idf_weights=[0.9, 0.25, 0.75, 0.4], output_mode="tf_idf"
)
told("weights of words", lambda: weighted(np.array([[12, 42, 42, 7], [42, 7, 36, 7]])))
lstm = keras.layers.LSTM(2)
print(lstm.states is None or list(lstm.states))
told("constant", lambda: keras.initializers.Constant(0.5)((2,), dtype="int32"))
print(keras.losses.MeanSquaredError(name=None).name)
