"""Derivatives of derivatives, and jacobians."""
import tensorflow as tf
x = tf.Variable(2.0)
for step in range(5):
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            y = x ** 4 - 3.0 * x ** 2 + x
        g = inner.gradient(y, x)
    h = outer.gradient(g, x)
    x.assign_sub(g / h)
    print(f"step {step}: x={x.numpy():.5f} y={float(y):.5f}")
w = tf.Variable(tf.ones((2, 2)))
with tf.GradientTape() as tape:
    out = tf.linalg.matvec(w, [1.0, 2.0])
print(tape.jacobian(out, w).numpy())
with tf.GradientTape(persistent=True) as tape:
    a = x * 2
    b = tf.sin(a)
print(tape.gradient(b, x).numpy(), tape.gradient(a, x).numpy())
print(tape.gradient(b, w))
