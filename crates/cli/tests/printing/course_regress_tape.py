import numpy as np
import tensorflow as tf
X = tf.constant([[1.0], [2.0], [3.0], [4.0]])
Y = 3.0 * X + 2.0
w = tf.Variable(tf.zeros((1, 1)), name="w")
b = tf.Variable(0.0, name="b")
optimizer = tf.keras.optimizers.SGD(learning_rate=0.1)
for step in range(50):
    with tf.GradientTape() as tape:
        pred = tf.matmul(X, w) + b
        loss = tf.reduce_mean(tf.square(Y - pred))
    grads = tape.gradient(loss, [w, b])
    optimizer.apply_gradients(zip(grads, [w, b]))
    if step % 10 == 0:
        print(f"step {step:2d} | loss = {loss.numpy():.4f} | w = {w.numpy()[0, 0]:.3f} | b = {b.numpy():.3f}")
print("w:", np.round(w.numpy(), 2), "b:", round(float(b), 2))
print(w.shape, w.dtype, b.shape, w.name, b.name, [g.shape for g in grads])
x = tf.Variable(3.0)
with tf.GradientTape(persistent=True) as tape:
    y = x ** 2
    z = y * y
print(tape.gradient(z, x), tape.gradient(y, x), tape.gradient(z, y))
del tape
with tf.GradientTape() as t2:
    with tf.GradientTape() as t1:
        y = x ** 3
    dy = t1.gradient(y, x)
d2y = t2.gradient(dy, x)
print("dy/dx =", dy.numpy(), "d2y/dx2 =", d2y.numpy())
c = tf.constant([1.0, 2.0])
with tf.GradientTape() as tape:
    tape.watch(c)
    s = tf.reduce_sum(c * c)
print(tape.gradient(s, c), tape.watched_variables())
with tf.GradientTape() as tape:
    f = tf.sin(x) * tf.exp(-x)
print("%.5f" % tape.gradient(f, x).numpy())
with tf.GradientTape() as tape:
    out = tf.stack([x, 2.0 * x, x * x])
print(tape.jacobian(out, x))
