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

p = np.abs(np.sin(np.arange(5 * 4) * 0.9)).reshape(5, 4).astype("float32") + 0.05
p = p / p.sum(1, keepdims=True)
q = np.abs(np.cos(np.arange(5 * 4) * 0.7)).reshape(5, 4).astype("float32") + 0.05
q = q / q.sum(1, keepdims=True)
oh = np.eye(4)[[0, 2, 3, 1, 2]].astype("float32")
L = keras.losses
fns = {"kld": L.KLDivergence(), "poisson": L.Poisson(), "cce": L.CategoricalCrossentropy(label_smoothing=0.2), "ch": L.CategoricalHinge(),
       "sh": L.SquaredHinge(), "cos": L.CosineSimilarity(axis=-1), "msle": L.MeanSquaredLogarithmicError(), "mape": L.MeanAbsolutePercentageError(),
       "lc": L.LogCosh(), "bfc": L.BinaryFocalCrossentropy(gamma=1.5, apply_class_balancing=True, alpha=0.3), "cfc": L.CategoricalFocalCrossentropy(gamma=1.0)}
outputs, gradients = {}, []
for name, fn in fns.items():
    t = oh if name in ("cce", "ch", "sh", "bfc", "cfc") else p
    v = tf.Variable(q)
    with tf.GradientTape() as tape:
        loss = fn(t, v, sample_weight=np.array([1.0, 0.5, 2.0, 0.0, 1.5], "float32"))
    outputs[name] = float(loss)
    gradients.append(tape.gradient(loss, v))
outputs = {k: np.array(v) for k, v in outputs.items()}
outputs["none"] = L.MeanSquaredError(reduction="none")(p, q)
outputs["sum"] = np.array(float(L.MeanAbsoluteError(reduction="sum")(p, q)))
