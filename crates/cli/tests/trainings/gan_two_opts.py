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

real = np.stack([np.cos(np.arange(12) * 0.5), np.sin(np.arange(12) * 0.5)], 1).astype("float32")
noise = np.sin(np.arange(36) * 1.7).reshape(12, 3).astype("float32")
gen = keras.Sequential([layers.Input((3,)), layers.Dense(6, activation="relu"), layers.Dense(2, activation="tanh")])
dis = keras.Sequential([layers.Input((2,)), layers.Dense(6), layers.LeakyReLU(), layers.Dense(1)])
fill(gen, 0.5)
fill(dis, 0.5)
go, do = keras.optimizers.Adam(0.01, 0.5), keras.optimizers.Adam(0.01, 0.5)
bce = keras.losses.BinaryCrossentropy(from_logits=True)
@tf.function
def step(r, z):
    with tf.GradientTape() as gt, tf.GradientTape() as dt:
        f = gen(z, training=True)
        lr, lf = dis(r, training=True), dis(f, training=True)
        dl = bce(tf.ones_like(lr), lr) + bce(tf.zeros_like(lf), lf)
        gl = bce(tf.ones_like(lf), lf)
    gg = gt.gradient(gl, gen.trainable_variables)
    dg = dt.gradient(dl, dis.trainable_variables)
    go.apply_gradients(zip(gg, gen.trainable_variables))
    do.apply_gradients(zip(dg, dis.trainable_variables))
    return gl, dl
history = {"g": [], "d": []}
for epoch in range(4):
    for r, z in tf.data.Dataset.from_tensor_slices((real, noise)).batch(6):
        g, d = step(r, z)
    history["g"].append(float(g))
    history["d"].append(float(d))
prediction = gen(noise[:3]).numpy()
weights = gen.get_weights() + dis.get_weights()
