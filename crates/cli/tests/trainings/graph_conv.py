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

n = 6
adj = np.zeros((n, n), "float32")
for i in range(n):
    adj[i, (i + 1) % n] = adj[(i + 1) % n, i] = 1
adj += np.eye(n, dtype="float32")
deg = np.diag(1 / np.sqrt(adj.sum(1))).astype("float32")
norm = deg @ adj @ deg
feats = np.sin(np.arange(n * 3) * 0.7).reshape(n, 3).astype("float32")
labels = np.array([0, 1, 0, 1, 1, 0])
mask = np.array([1, 1, 0, 1, 0, 1], "float32")
class GCN(layers.Layer):
    def __init__(self, units, act=None):
        super().__init__()
        self.units, self.act = units, keras.activations.get(act)
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), initializer=keras.initializers.Constant(0.3), name="w")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", name="b")
    def call(self, x):
        return self.act(tf.matmul(tf.constant(norm), tf.matmul(x, self.w)) + self.b)
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = GCN(4, "relu"), GCN(2)
    def call(self, x):
        return self.b(self.a(x))
model = Net()
model(tf.constant(feats))
for i, w in enumerate(model.trainable_variables):
    w.assign(np.reshape(0.5 * np.sin(np.arange(int(np.prod(w.shape))) + i), w.shape))
opt = keras.optimizers.Adam(0.05)
hist = []
for _ in range(5):
    with tf.GradientTape() as tape:
        logits = model(tf.constant(feats), training=True)
        ce = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        loss = tf.reduce_sum(ce * mask) / tf.reduce_sum(mask) + 5e-4 * tf.add_n([tf.nn.l2_loss(v) for v in model.trainable_variables if "b" not in v.name[-3:]])
    g = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(g, model.trainable_variables))
    hist.append(float(loss))
history = {"loss": hist}
gradients = g
prediction = tf.nn.softmax(model(tf.constant(feats)))
outputs = np.array(tf.math.confusion_matrix(labels, tf.argmax(logits, 1)))
