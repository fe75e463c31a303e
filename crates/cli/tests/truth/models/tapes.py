import tensorflow as tf

x = tf.constant([1.0, 2.0, 3.0])
v = tf.Variable([1.0, 1.0, 1.0])
with tf.GradientTape() as tape:
    y = tf.reduce_sum(v * x)
print(tape.gradient(y, [v, x]))
with tf.GradientTape(persistent=True) as tape:
    tape.watch(x)
    a = tf.round(x)
    b = tf.sign(x)
    c = tf.stop_gradient(x) * x
print(tape.gradient(a, x))
print(tape.gradient(b, x))
print(tape.gradient(c, x))
with tf.GradientTape() as tape:
    z = v * 2.0
tape.gradient(z, v)
tape.gradient(z, v)
