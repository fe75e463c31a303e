import numpy as np
import tensorflow as tf

t = tf.constant(np.linspace(0.0, 1.0, 9).reshape(9, 1), tf.float32)
net = tf.keras.Sequential([tf.keras.layers.Input((1,)), tf.keras.layers.Dense(6, activation="tanh"), tf.keras.layers.Dense(1)])
net.set_weights([np.linspace(-1.5, 1.5, 6).reshape(1, 6), np.linspace(0.2, -0.2, 6), np.sin(np.arange(6.0)).reshape(6, 1), np.array([0.1])])
optimizer = tf.keras.optimizers.Adam(0.02)


@tf.function
def residual_loss(points):
    with tf.GradientTape() as outer:
        outer.watch(points)
        with tf.GradientTape() as inner:
            inner.watch(points)
            u = net(points)
        du = inner.gradient(u, points)
    d2u = outer.gradient(du, points)
    ode = d2u + 2.0 * du + 5.0 * u
    boundary = tf.square(net(tf.zeros((1, 1))) - 1.0)
    return tf.reduce_mean(ode ** 2) + 10.0 * tf.squeeze(boundary)


log = []
for step in range(5):
    with tf.GradientTape() as tape:
        loss = residual_loss(t)
    grads = tape.gradient(loss, net.trainable_variables)
    optimizer.apply_gradients(zip(grads, net.trainable_variables))
    log.append(loss.numpy())
with tf.GradientTape() as tape:
    tape.watch(t)
    u = net(t)
jacobian = tape.batch_jacobian(u, t)
outputs = {"log": np.array(log), "jac": jacobian.numpy()}
gradients = [None if g is None else g.numpy() for g in grads]
prediction = net.predict(t, verbose=0)
weights = net.get_weights()
