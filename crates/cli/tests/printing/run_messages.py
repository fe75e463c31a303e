import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
def attempt(label, f):
    try:
        print(label, "->", f())
    except Exception as e:
        print(label, type(e).__name__)
        print(e)
class Own(layers.Layer):
    def call(self, x, scale=2.0, training=None):
        return tf.matmul(x, tf.ones((5, 2))) * scale
attempt("eager", lambda: Own(name="own")(tf.ones((2, 4))))
attempt("named", lambda: Own(name="other")(tf.ones((2, 4)), training=True))
attempt("reshape", lambda: layers.Reshape((5,), name="r")(keras.Input((8,), name="x")))
attempt("lambda", lambda: layers.Lambda(lambda t: tf.matmul(t, tf.ones((3, 3))), name="lam")(tf.ones((2, 4))))
keras.utils.set_random_seed(3)
print(np.random.rand(3), np.random.randint(0, 9, 4))
