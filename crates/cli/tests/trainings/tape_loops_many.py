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


x = tf.constant(np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2])).astype("float32"))
y = tf.reduce_sum(x, axis=1, keepdims=True)
model = keras.Sequential([layers.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
fill(model, 0.8)
opt = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.05, 10), epsilon=1e-3)
loss_fn = keras.losses.Huber(0.3)
metric = keras.metrics.RootMeanSquaredError()
ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(5).prefetch(2)


@tf.function
def step(a, b):
    with tf.GradientTape(persistent=True) as tape:
        p = model(a, training=True)
        loss = loss_fn(b, p) + 0.01 * tf.add_n([tf.nn.l2_loss(w) for w in model.trainable_weights])
    g = tape.gradient(loss, model.trainable_variables)
    s = tape.gradient(p, a, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    opt.apply_gradients(zip(g, model.trainable_variables))
    metric.update_state(b, p)
    return loss, tf.reduce_sum(s)


losses, rmse = [], []
for epoch in range(3):
    metric.reset_state()
    total = 0.0
    for i, (a, b) in enumerate(ds):
        l, s = step(a, b)
        total += float(l) * len(a)
    losses.append(total / 12)
    rmse.append(float(metric.result()))
history = {"loss": losses, "rmse": rmse}
with tf.GradientTape() as t2:
    with tf.GradientTape() as t1:
        t1.watch(x)
        t2.watch(x)
        out = model(x)
    g = t1.gradient(out, x)
h = t2.gradient(g, x)
outputs = {"g": g.numpy(), "h": h.numpy()}
weights = model.get_weights()
