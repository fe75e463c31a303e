import re
import numpy as np
import tensorflow as tf
from tensorflow import keras
def show(*a):
    print(*[re.sub(r"0x[0-9a-f]+", "0x0", str(x)) for x in a])
a = keras.metrics.Accuracy(); a.update_state([0, 1, 1], [0, 1, 0])
show(a, a.result(), a.result().numpy(), float(a.result()), a.name, a.variables, a.dtype)
b = keras.metrics.Mean(name="loss"); b.update_state(2.0); b.update_state([4.0, 6.0]); show(b.result(), b.total, b.count, b)
b.reset_state(); show(b.result())
for m in [keras.metrics.SparseCategoricalAccuracy(), keras.metrics.MeanSquaredError(), keras.metrics.Precision(), keras.metrics.AUC(num_thresholds=3), keras.metrics.BinaryAccuracy()]:
    show(m.name, m)
p = keras.metrics.Precision(); p.update_state([0, 1, 1], [1, 1, 0]); show(p.result(), p.true_positives)
for o in [keras.optimizers.Adam(1e-3), keras.optimizers.SGD(), keras.optimizers.RMSprop()]:
    show(o, o.name, o.learning_rate, o.iterations, float(o.learning_rate), o.learning_rate.numpy() if hasattr(o.learning_rate, "numpy") else o.learning_rate)
s = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5); show(s, s(0), s(10), [float(s(i)) for i in (0, 5, 20)])
show(keras.optimizers.schedules.CosineDecay(0.1, 10)(5), keras.optimizers.schedules.PiecewiseConstantDecay([2, 4], [1.0, 0.5, 0.1])(3))
show(keras.activations.relu, keras.activations.get("tanh"), keras.losses.get("mse"), keras.losses.MeanSquaredError().name, keras.losses.mean_squared_error, keras.losses.get("binary_crossentropy"))
show(keras.losses.Huber(), keras.regularizers.L1L2(0.1, 0.2), keras.regularizers.l2(0.1)(tf.ones((2,))), keras.constraints.NonNeg(), keras.initializers.Ones()((2,)), keras.initializers.Zeros(), keras.initializers.Constant(3.0)((1, 2)))
show(keras.callbacks.EarlyStopping(), keras.callbacks.ModelCheckpoint("a.keras"), keras.callbacks.History(), keras.callbacks.History().__class__)
show(keras.layers.Dense, keras.Model, keras.Sequential, type(keras.Input((2,))), type(keras.layers.Dense(1)), keras.layers.Layer, keras.optimizers.Adam, keras.losses.Loss, tf.Tensor, tf.Variable, type(tf.constant(1)), type(tf.Variable(1)), tf.data.Dataset, tf.Module)
show(keras.utils.to_categorical([0, 2]), keras.utils.to_categorical([0, 1], 3).dtype, keras.utils.normalize(np.array([[3.0, 4.0]])))
show(keras.utils.pad_sequences([[1], [2, 3]], maxlen=3), keras.preprocessing.sequence.pad_sequences([[1, 2, 3]], maxlen=2, padding="post"))
class L(keras.layers.Layer):
    def __init__(self, n, **kw):
        super().__init__(**kw); self.n = n
    def build(self, shape):
        print("build", shape); self.w = self.add_weight(name="w", shape=(shape[-1], self.n), initializer="ones")
    def call(self, x):
        print("call", x.shape, x.dtype); return tf.matmul(x, self.w)
l = L(2, name="own"); show(l, l.name, l(tf.ones((1, 3))), l.w, l.weights, l.get_config() if False else "")
class M(keras.Model):
    def __init__(self):
        super().__init__(); self.a = keras.layers.Dense(2, name="a", kernel_initializer="ones")
    def call(self, x):
        return self.a(x)
m = M(); show(m, m.name, m(tf.ones((1, 2))), m.layers, [v.shape for v in m.trainable_variables], m.a.kernel.numpy().tolist(), m.built)
show(keras.backend.get_value(tf.constant(2.0)), keras.backend.mean(tf.constant([1.0, 2.0])) if hasattr(keras.backend, "mean") else "", keras.layers.Dense(2)(tf.ones((1, 1))).shape)
show(keras.layers.Normalization(mean=1.0, variance=4.0)(np.array([[3.0]])), keras.layers.Rescaling(1 / 255)(np.array([[51.0]])), keras.layers.Flatten()(np.ones((1, 2, 2))), keras.layers.Softmax()(np.zeros((1, 4), "float32")))
show(keras.layers.Embedding(3, 2, embeddings_initializer="ones")(np.array([0, 1])), keras.layers.Concatenate()([tf.ones((1, 1)), tf.zeros((1, 1))]), keras.layers.CategoryEncoding(3, output_mode="one_hot")(np.array([0, 2])), keras.layers.ReLU()(tf.constant([-1.0, 1.0])))
