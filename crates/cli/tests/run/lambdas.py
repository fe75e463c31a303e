import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
@tf.custom_gradient
def clip(x):
    def grad(dy):
        return tf.clip_by_value(dy, -0.5, 0.5)
    return tf.identity(x), grad
x = tf.Variable([1.0, 2.0])
with tf.GradientTape() as t:
    y = tf.reduce_sum(clip(x) * 3.0)
print(t.gradient(y, x))
i = keras.Input((2,))
lam = layers.Lambda(lambda z: z * 2, name="dbl")
m = keras.Model(i, lam(i), name="lm")
print(m(np.ones((1, 2), "float32")))
print(m.predict(np.ones((2, 2)), verbose=0))
print(lam.name, lam.trainable_weights, lam.count_params() if lam.built else None)
m.summary()
def f(inputs):
    a, b = inputs
    return a + b
k = layers.Lambda(f, output_shape=(2,))([i, i])
print(k.shape)
w = layers.Lambda(lambda q: tf.reduce_sum(q, axis=1, keepdims=True))(i)
print(w.shape)
m2 = keras.Model(i, [k, w])
print(m2(tf.constant([[1.0, 2.0]])))
out = m2.predict(np.array([[1.0, 2.0]]), verbose=0)
print(out, type(out).__name__, len(out))
print(m2.layers[-1].name.startswith("lambda"))
print(tf.stop_gradient(x), tf.clip_by_norm([3.0, 4.0], 1.0), tf.clip_by_global_norm([tf.constant([3.0, 4.0])], 1.0))
with tf.GradientTape() as t:
    z = tf.round(x) * 2.0
print(t.gradient(z, x))
print(tf.gradients if hasattr(tf, "nothing") else "no")
print(layers.Lambda(lambda q: q).get_config()["name"].startswith("lambda"))
