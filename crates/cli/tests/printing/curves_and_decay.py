# Areas under curves, rates where another has a value, the best of a row; weights that do not decay.
import numpy as np
import tensorflow as tf
from tensorflow import keras

metrics = keras.metrics
rng = np.random.default_rng(3)
y_true = rng.integers(0, 2, 40)
y_pred = rng.integers(0, 21, 40) / 20
weight = rng.integers(1, 4, 40).astype("float32")
many_true = rng.integers(0, 2, (12, 3))
many_pred = rng.integers(0, 11, (12, 3)) / 10


def show(name, metric, *data, **more):
    metric.update_state(*data, **more)
    print(name, f"{float(metric.result()):.5f}")


for curve in ["ROC", "PR"]:
    for summation in ["interpolation", "minoring", "majoring"]:
        for count in [3, 21, 200]:
            auc = metrics.AUC(num_thresholds=count, curve=curve, summation_method=summation)
            show(f"{curve} {summation} {count}", auc, y_true, y_pred)
    show(f"{curve} weights", metrics.AUC(num_thresholds=21, curve=curve), y_true, y_pred, sample_weight=weight)
    show(f"{curve} given", metrics.AUC(thresholds=[0.2, 0.5, 0.7], curve=curve), y_true, y_pred)
    show(f"{curve} even", metrics.AUC(thresholds=[0.25, 0.5, 0.75], curve=curve), y_true, y_pred)
    several = metrics.AUC(num_thresholds=11, curve=curve, multi_label=True, num_labels=3)
    show(f"{curve} labels", several, many_true, many_pred)
    several.update_state(many_true, many_pred / 2)
    print(f"{float(several.result()):.5f}")
    several = metrics.AUC(curve=curve, multi_label=True, num_labels=3, label_weights=[0.2, 0.3, 0.5])
    show(f"{curve} weights of labels", several, many_true, many_pred)
for value in [0.2, 0.6, 0.95]:
    show(f"sensitivity {value}", metrics.SensitivityAtSpecificity(value), y_true, y_pred)
    show(f"specificity {value}", metrics.SpecificityAtSensitivity(value, num_thresholds=1), y_true, y_pred)
    show(f"recall {value}", metrics.RecallAtPrecision(value, num_thresholds=21), y_true, y_pred)
    show(f"precision {value}", metrics.PrecisionAtRecall(value), y_true, y_pred, sample_weight=weight)
rows = rng.integers(0, 2, (6, 4))
scores = rng.random((6, 4))
show("best", metrics.Precision(top_k=2), rows, scores)
show("best of a class", metrics.Recall(top_k=2, class_id=1), rows, scores)
show("best above", metrics.Precision(top_k=3, thresholds=0.6), rows, scores)
show("log cosh", metrics.LogCoshError(), [[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 3.0]])
counts = metrics.TruePositives(thresholds=[0.0, 0.5, 1.0])
counts.update_state(y_true, y_pred)
print(np.array(counts.result()).tolist())
print(list(metrics.BinaryIoU().get_config()["target_class_ids"]))

model = keras.Sequential([keras.layers.Dense(2, kernel_initializer="ones", bias_initializer="ones")])
model.build((None, 3))
for names in [None, ["bias"], ["kernel", "bias"]]:
    optimizer = keras.optimizers.AdamW(0.1, weight_decay=np.float64(0.5))
    optimizer.exclude_from_weight_decay(var_names=names)
    optimizer.apply_gradients([(tf.zeros_like(v), v) for v in model.trainable_variables])
    print([f"{float(np.array(v).ravel()[0]):.5f}" for v in model.trainable_variables])
optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.5)
optimizer.exclude_from_weight_decay(var_list=[model.layers[0].kernel])
optimizer.apply_gradients([(tf.zeros_like(v), v) for v in model.trainable_variables])
print([f"{float(np.array(v).ravel()[0]):.5f}" for v in model.trainable_variables])
