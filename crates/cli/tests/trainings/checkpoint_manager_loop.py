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


import os
import tempfile

x = np.cos(np.arange(36) * 0.4).reshape(12, 3).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([layers.Input((3,)), layers.Dense(4, activation="relu"), layers.Dense(1)])
fill(model)
opt = keras.optimizers.Adam(0.05)
opt.build(model.trainable_variables)
step_var = tf.Variable(0, dtype=tf.int64)
folder = tempfile.mkdtemp()
ckpt = tf.train.Checkpoint(step=step_var, net=model)
manager = tf.train.CheckpointManager(ckpt, folder, max_to_keep=2)
print("restored" if manager.latest_checkpoint else "from scratch")
losses = []
for epoch in range(4):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(model(x) - y))
    opt.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
    step_var.assign_add(1)
    losses.append(float(loss))
    if int(step_var) % 2 == 0:
        path = manager.save()
        print(f"saved {os.path.basename(path)} at step {int(step_var)}")
best = model.get_weights()
for w in model.trainable_variables:
    w.assign(tf.zeros_like(w))
ckpt.restore(manager.checkpoints[0]).expect_partial()
prediction = model(x[:2]).numpy()
outputs = np.array(losses)
weights = model.get_weights()
print(int(step_var), len(manager.checkpoints))
