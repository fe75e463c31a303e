import numpy as np
import scipy.sparse as sp
import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense, Dropout, Layer
from tensorflow.keras.regularizers import l2

N, F, C = 60, 12, 4
adj = sp.random(N, N, density=0.05, format="csr")
adj = adj + adj.T
feats = np.random.rand(N, F).astype("float32")
labels = np.eye(C)[np.random.randint(0, C, N)]


def normalize_adj(a):
    a = a + sp.eye(a.shape[0])
    d = np.array(a.sum(1)).flatten()
    d_inv = np.power(d, -0.5)
    d_inv[np.isinf(d_inv)] = 0.0
    D = sp.diags(d_inv)
    return D.dot(a).dot(D).toarray()


class GraphConv(Layer):
    def __init__(self, units, activation=None, l2_reg=0.0, **kw):
        super().__init__(**kw)
        self.units = units
        self.activation = tf.keras.activations.get(activation)
        self.reg = l2(l2_reg)

    def build(self, shapes):
        feat_shape, adj_shape = shapes
        self.kernel = self.add_weight(shape=(feat_shape[-1], self.units), initializer="glorot_uniform", regularizer=self.reg, name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", name="bias")

    def call(self, inputs):
        x, a = inputs
        h = tf.matmul(a, tf.matmul(x, self.kernel))
        return self.activation(h + self.bias)


A = normalize_adj(adj).astype("float32")
x_in = Input((F,))
a_in = Input((N - 1,))
h = Dropout(0.5)(x_in)
h = GraphConv(16, "relu", 5e-4)([h, a_in])
h = Dropout(0.5)(h)
out = GraphConv(C, "softmax")([h, a_in])
model = Model([x_in, a_in], out)
model.compile(optimizer=tf.keras.optimizers.Adam(0.01), loss="categorical_crossentropy", weighted_metrics=["acc"])
mask = np.zeros(N, dtype=bool)
mask[:20] = True
model.fit([feats, A], labels, sample_weight=mask.astype("float32"), batch_size=N, epochs=3, shuffle=False, verbose=0)
res = model.evaluate([feats, A], labels, sample_weight=(~mask).astype("float32"), batch_size=N, verbose=0)
print("Done.\nTest loss: {:.2f}\nTest acc: {:.2f}".format(*res))
