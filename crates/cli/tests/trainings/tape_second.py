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


w = tf.Variable([[0.3, -0.2], [0.1, 0.5]])
b = tf.Variable([0.1, -0.1])
x = tf.constant(np.sin(np.arange(8) * 0.5).reshape(4, 2), tf.float32)


@tf.custom_gradient
def clip_grad(v):
    def back(dy):
        return tf.clip_by_value(dy, -0.05, 0.05)
    return tf.identity(v), back


with tf.GradientTape(persistent=True) as outer:
    with tf.GradientTape(persistent=True) as inner:
        h = tf.sin(x @ w + b)
        z = clip_grad(h) * tf.stop_gradient(h)
        loss = tf.reduce_sum(z ** 2)
    g = inner.gradient(loss, [w, b])
    norm = tf.linalg.global_norm(g)
hess = outer.gradient(norm, [w, b])
jac = outer.jacobian(h, b)
bj = outer.batch_jacobian(h, tf.constant(0.0)) if False else None
ones = inner.gradient(h, w, output_gradients=tf.ones_like(h) * 2.0)
opt = keras.optimizers.SGD(0.1, momentum=0.5)
losses = []
for i in range(4):
    with tf.GradientTape() as t:
        loss = tf.reduce_mean(tf.nn.softplus(x @ w + b)) + 0.1 * tf.nn.l2_loss(w)
    grads = t.gradient(loss, [w, b])
    grads, gn = tf.clip_by_global_norm(grads, 0.2)
    opt.apply_gradients(zip(grads, [w, b]))
    losses.append(float(loss))
history = {"loss": losses}
gradients = [np.array(v) for v in g + hess + [ones, jac]]
weights = [w.numpy(), b.numpy()]
