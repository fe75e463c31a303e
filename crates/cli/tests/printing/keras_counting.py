"""Metrics that count: matrices of classes, thresholds, curves, F-scores, and their variables."""
import numpy as np
from tensorflow import keras

metrics = keras.metrics


def measured(metric, *batches):
    for batch in batches:
        metric.update_state(*batch)
    return metric.result()


def shown(name, value):
    print(f"{name}: {np.round(np.asarray(value, 'float64'), 4).tolist()}")


labels, classes = [0, 0, 1, 1], [0, 1, 0, 1]
for name, metric in [
    ("mean", metrics.MeanIoU(num_classes=2)),
    ("one", metrics.IoU(num_classes=2, target_class_ids=[1])),
    ("ignored", metrics.MeanIoU(num_classes=2, ignore_class=1)),
]:
    shown(name, measured(metric, (labels, classes)))
shown("weights", measured(metrics.MeanIoU(num_classes=2), (labels, classes, [1, 2, 3, 4])))
shown("floats", measured(metrics.MeanIoU(num_classes=2, dtype="float32"), (labels, classes, [0.3, 0.3, 0.3, 0.1])))
shown("cut off", measured(metrics.MeanIoU(num_classes=2), (labels, classes, np.array([0.3, 1.7, 1.2, 0.1]))))
shown("binary", measured(metrics.BinaryIoU(threshold=0.3), ([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])))
hot = np.eye(3)
shown("one hot", measured(metrics.OneHotIoU(3, [0, 2]), (hot[[0, 1, 2, 2]], hot[[0, 1, 1, 2]], [1, 2, 3, 4])))
shown("one hot mean", measured(metrics.OneHotMeanIoU(3), (hot[[0, 1, 2, 2]], hot[[0, 1, 1, 2]])))
matrix = metrics.MeanIoU(num_classes=2)
matrix.update_state(labels, classes)
print([(np.asarray(v).dtype.name, np.asarray(v).tolist()) for v in matrix.variables])

many, scores = [[0, 0, 1, 1], [1, 0, 0, 0]], [[0.1, 0.2, 0.3, 0.4], [0.4, 0.1, 0.1, 0.2]]
shown("top two", measured(metrics.Precision(top_k=2), (many, scores)))
shown("top one", measured(metrics.Recall(top_k=1), (many, scores)))
shown("of a class", measured(metrics.Recall(top_k=1, class_id=0), (many, scores)))
shown("even thresholds", measured(metrics.Precision(thresholds=[0.0, 0.5, 1.0]), ([0, 1, 1, 0], [0.0, 0.5, 1.0, 0.2])))

wanted, given = [0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]
shown("sensitivity", measured(metrics.SensitivityAtSpecificity(0.5), (wanted, given)))
shown("few", measured(metrics.SensitivityAtSpecificity(0.5, num_thresholds=3), (wanted, given)))
shown("specificity", measured(metrics.SpecificityAtSensitivity(0.5, num_thresholds=1), (wanted, given)))
shown("precision", measured(metrics.PrecisionAtRecall(0.8), (wanted, given, [2, 2, 2, 1, 1])))
shown("recall", measured(metrics.RecallAtPrecision(0.8), ([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9])))

table, guesses = [[0, 1], [1, 0], [1, 1], [0, 0]], [[0.1, 0.6], [0.8, 0.4], [0.4, 0.9], [0.5, 0.25]]
for settings in [
    {"curve": "PR"},
    {"curve": "PR", "summation_method": "minoring"},
    {"curve": "PR", "summation_method": "majoring"},
    {"num_thresholds": 3},
    {"num_thresholds": 5},
    {"thresholds": [0.25, 0.5, 0.75]},
    {"thresholds": [0.3, 0.5]},
    {"multi_label": True, "num_labels": 2},
    {"multi_label": True, "num_labels": 2, "label_weights": [0.2, 0.8]},
    {"multi_label": True, "num_labels": 2, "curve": "PR"},
]:
    area = metrics.AUC(**settings)
    shown(f"area {settings}", measured(area, (table, guesses)))
    shown("weighted", measured(metrics.AUC(**settings), (table, guesses, [1, 2, 3, 0.5])))
area = metrics.AUC(thresholds=[0.2, 0.5])
print(area.num_thresholds, [round(float(x), 3) for x in area.thresholds])
print(metrics.AUC(num_thresholds=5).num_thresholds)

print(measured(metrics.F1Score(), ([[0, 1], [1, 0]], [[1, 1], [0, 1]])).numpy())
shown("beta", measured(metrics.FBetaScore(beta=2.0, average="weighted"), ([[0, 1], [1, 0]], [[0.2, 0.6], [0.3, 0.1]])))
shown("log cosh", measured(metrics.LogCoshError(), ([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])))
mean = metrics.Mean()
mean.update_state([1, 3, 5, 7], sample_weight=[1, 1, 0, 0])
print([float(v) for v in mean.variables], float(mean.result()))
