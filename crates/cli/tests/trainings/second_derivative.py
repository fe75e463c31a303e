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

x = np.linspace(-1, 1, 9).reshape(-1, 1).astype("float32")
model = keras.Sequential([layers.Input((1,)), layers.Dense(6, activation="tanh"), layers.Dense(5, activation="swish"), layers.Dense(1)])
fill(model, 0.8)
opt = keras.optimizers.Adam(0.02)
xs = tf.constant(x)
losses = []
for step in range(5):
    with tf.GradientTape() as tape:
        with tf.GradientTape() as t2:
            t2.watch(xs)
            with tf.GradientTape() as t1:
                t1.watch(xs)
                u = model(xs)
            du = t1.gradient(u, xs)
        ddu = t2.gradient(du, xs)
        loss = tf.reduce_mean(tf.square(ddu + u - tf.sin(3.0 * xs))) + tf.reduce_mean(tf.square(u[0])) + tf.reduce_mean((u[-1] - 1.0) ** 2)
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    losses.append(float(loss))
history = {"loss": losses}
gradients = grads
prediction = model(xs).numpy()
weights = model.get_weights()
outputs = {"du": du.numpy(), "ddu": ddu.numpy()}
