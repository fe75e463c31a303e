# Metrics over classes: matrices with weights and classes left out, thresholds, what is refused.
import numpy as np
import tensorflow as tf
from tensorflow import keras

three = hasattr(keras, "ops")


def show(name, call):
    try:
        print(name, call())
    except (ValueError, TypeError) as error:
        print(name, type(error).__name__, str(error).splitlines()[0])


def number(metric, *args, **kwargs):
    return f"{float(metric(*args, **kwargs)):.5f}"


hot = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0]])
scores = np.array([[0.2, 0.3, 0.5], [0.1, 0.2, 0.7], [0.5, 0.3, 0.1], [0.1, 0.4, 0.5]])
metrics = keras.metrics
show("one hot", lambda: number(metrics.OneHotIoU(num_classes=3, target_class_ids=[0, 2]), hot, scores))
show("one hot mean", lambda: number(metrics.OneHotMeanIoU(num_classes=3), hot, scores))
show("weights", lambda: number(metrics.MeanIoU(num_classes=2, dtype="float32"), [0, 0, 1, 1], [0, 1, 0, 1],
                               sample_weight=[0.3, 0.3, 0.3, 0.1]))
show("ignored", lambda: number(metrics.MeanIoU(num_classes=3, ignore_class=2), [0, 2, 1, 1], [0, 1, 0, 1]))
show("binary", lambda: number(metrics.BinaryIoU(target_class_ids=[0, 1], threshold=0.5, dtype="float32"),
                              [0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7], sample_weight=[0.2, 0.3, 0.4, 0.1]))

chances = np.array([[0.8, 0.1, 0.1], [0.05, 0.95, 0.0], [0.1, 0.8, 0.1]], "float32")
labels = np.array([0, 1, 2])
for weight in [None, np.array([0.5, 1.5, 2.0])]:
    entropy = metrics.SparseCategoricalCrossentropy(ignore_class=0)
    show("entropy", lambda: number(entropy, labels, chances, sample_weight=weight))

auc = metrics.AUC(num_thresholds=2, thresholds=[0.7, 0.5])
print(auc.num_thresholds, [round(float(x), 5) for x in auc.thresholds], number(auc, [0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9]))
show("limits", lambda: metrics.FalseNegatives(thresholds=[-1, 0.5, 2]))
show("no limit", lambda: metrics.FalseNegatives(thresholds=[None]))
show("beta", lambda: metrics.FBetaScore(beta=None))
row = np.array([0.0, 1.0], "float32")
show("columns", lambda: metrics.R2Score().update_state(row, row))
show("columns", lambda: metrics.FBetaScore().update_state(row, row))
if three:
    sorted_ids = metrics.SparseTopKCategoricalAccuracy(k=2, from_sorted_ids=True)
    show("sorted", lambda: number(sorted_ids, np.array([2, 1, 0]), np.array([[1, 2, 0], [1, 0, 2], [2, 1, 0]])))
    print(sorted_ids.get_config())
    show("class", lambda: metrics.Precision(class_id=1)(np.array([0, 1]), np.array([0.2, 0.7])))
show("rows", lambda: keras.regularizers.OrthogonalRegularizer()(tf.ones((2, 2, 2))))
