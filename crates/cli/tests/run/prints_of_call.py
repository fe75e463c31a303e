import numpy as np
import tensorflow as tf
from tensorflow import keras
class Loud(keras.layers.Layer):
    def build(self, shape):
        print("build", shape)
    def call(self, x, training=None):
        print("call", x.shape, training)
        return x * 2.0
class M(keras.Model):
    def __init__(self):
        super().__init__()
        self.l = Loud()
        self.d = keras.layers.Dense(1)
    def call(self, x, training=False):
        print("model", x.shape, training)
        return self.d(self.l(x))
    def train_step(self, data):
        print("train_step")
        return super().train_step(data)
def loss(a, b):
    print("loss", a.shape, b.shape)
    return tf.reduce_mean((a - b) ** 2)
x = np.ones((5, 3), "float32")
y = np.ones((5, 1), "float32")
m = M()
m.compile("sgd", loss)
print("evaluate")
print("predict")
print("again")
print("eager")
m.compile("sgd", loss, run_eagerly=True)
@tf.function
def f(a):
    print("tracing", a)
    tf.print("running", a)
    return a + 1
print(f(tf.constant(1)), f(tf.constant(2)), f(tf.constant(1.5)), f(3))
i = keras.Input((3,))
o = Loud()(i)
n = keras.Model(i, o)
n.compile("sgd", "mse")
n.predict(x, verbose=0)
n.predict(x, verbose=0)
print("train_on_batch")
m2 = M()
m2.compile("sgd", "mse")
