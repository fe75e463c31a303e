import numpy as np
import tensorflow as tf
from tensorflow import keras
y, p = np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.2, 0.8], [0.6, 0.4]])
for L in [keras.losses.MeanSquaredError(), keras.losses.MeanAbsoluteError(), keras.losses.BinaryCrossentropy(), keras.losses.CategoricalCrossentropy(), keras.losses.Huber(), keras.losses.KLDivergence(), keras.losses.Hinge(), keras.losses.CosineSimilarity(), keras.losses.LogCosh(), keras.losses.Poisson(), keras.losses.MeanAbsolutePercentageError()]:
    print(f"{L.name:35s} {float(L(y, p)):.5f}")
s = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
print(s(np.array([0, 1]), np.array([[2.0, 1.0], [0.0, 3.0]])), s(np.array([0, 1]), np.array([[2.0, 1.0], [0.0, 3.0]])).numpy(), s.name)
print(keras.losses.MeanSquaredError(reduction="sum")(y, p), keras.losses.MeanSquaredError(reduction="none" if True else None)(y, p))
print(keras.losses.MeanSquaredError()(y, p).numpy().round(4))
print(keras.losses.MeanSquaredError()(y, p, sample_weight=[1.0, 0.0]))
for M in [keras.metrics.BinaryAccuracy(), keras.metrics.CategoricalAccuracy(), keras.metrics.MeanSquaredError(), keras.metrics.RootMeanSquaredError(), keras.metrics.Precision(), keras.metrics.Recall(), keras.metrics.AUC(), keras.metrics.MeanAbsoluteError(), keras.metrics.TruePositives(), keras.metrics.FalseNegatives()]:
    M.update_state(y, p)
    print(f"{M.name:30s} {float(M.result()):.4f}")
m = keras.metrics.Mean(name="avg")
for v in [1.0, 2.0, 6.0]:
    m.update_state(v)
print(m.result().numpy(), m.name); m.reset_state(); print(m.result().numpy())
acc = keras.metrics.SparseCategoricalAccuracy()
acc.update_state([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.7, 0.3]])
print("acc %.4f" % acc.result(), acc.result().numpy().dtype)
def custom(y_true, y_pred):
    return tf.reduce_mean(tf.abs(y_true - y_pred) ** 3, axis=-1)
print(custom(tf.constant(y), tf.constant(p)))
class F1(keras.metrics.Metric):
    def __init__(self, name="f1", **kw):
        super().__init__(name=name, **kw)
        self.tp = self.add_weight(name="tp", initializer="zeros"); self.n = self.add_weight(name="n", initializer="zeros")
    def update_state(self, y_true, y_pred, sample_weight=None):
        y_pred = tf.cast(y_pred > 0.5, tf.float32); y_true = tf.cast(y_true, tf.float32)
        self.tp.assign_add(tf.reduce_sum(y_true * y_pred)); self.n.assign_add(tf.reduce_sum(y_true + y_pred))
    def result(self):
        return 2 * self.tp / (self.n + 1e-7)
f = F1(); f.update_state(y, p); print(f.name, float(f.result()), [v.name for v in f.variables] if False else len(f.variables))
print(tf.keras.activations.relu(tf.constant([-1.0, 2.0])), tf.keras.activations.sigmoid(tf.constant([0.0])), tf.keras.activations.softmax(tf.constant([[1.0, 1.0]])), tf.nn.elu([-1.0]), tf.nn.leaky_relu([-1.0]), tf.keras.activations.gelu(tf.constant([1.0])), tf.keras.activations.get("tanh")(tf.constant([0.5])))
print(keras.regularizers.l2(0.01)(tf.constant([1.0, 2.0])), keras.initializers.Constant(2.0)((2,)), keras.initializers.Zeros()((1, 2)), keras.initializers.Identity()((2, 2)))
