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

x = np.sin(np.arange(12 * 4) * 0.37).reshape(12, 4).astype("float32")
y = (x @ np.array([[0.5], [-1.0], [0.3], [0.8]], "float32") + 0.1).astype("float32")
c = (np.arange(12) * 5 % 3)

model = keras.Sequential([layers.Input((4,)), layers.Dense(5, "elu"), layers.Dense(1)])
fill(model)
opt = keras.optimizers.SGD(0.1, momentum=0.9)
acc = [tf.Variable(tf.zeros_like(v), trainable=False) for v in model.trainable_variables]
loss_fn = keras.losses.Huber()
@tf.function
def micro(xb, yb):
    with tf.GradientTape() as tape:
        loss = loss_fn(yb, model(xb, training=True)) / 3.0
    for a, g in zip(acc, tape.gradient(loss, model.trainable_variables)):
        a.assign_add(g)
    return loss
hist = []
for epoch in range(3):
    total = 0.0
    for i in range(0, 12, 4):
        total += float(micro(tf.constant(x[i:i + 4]), tf.constant(y[i:i + 4])))
    grads, norm = tf.clip_by_global_norm([a.read_value() for a in acc], 0.7)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    for a in acc:
        a.assign(tf.zeros_like(a))
    hist.append(total)
history = {"loss": hist}
gradients = grads
weights = model.get_weights()
outputs = np.array(norm)
