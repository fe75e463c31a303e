import numpy as np
import tensorflow as tf
from tensorflow import keras
x = np.linspace(-1, 1, 16).reshape(-1, 2).astype("float32"); y = (x.sum(1) > 0).astype("int64")
ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(4)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, kernel_initializer="zeros")])
opt = keras.optimizers.Adam(0.1); loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
train_acc = keras.metrics.SparseCategoricalAccuracy(); train_loss = keras.metrics.Mean()
@tf.function
def step(xb, yb):
    with tf.GradientTape() as tape:
        logits = model(xb, training=True)
        loss = loss_fn(yb, logits)
    g = tape.gradient(loss, model.trainable_weights)
    opt.apply_gradients(zip(g, model.trainable_weights))
    train_acc.update_state(yb, logits); train_loss.update_state(loss)
    return loss
for epoch in range(3):
    for i, (xb, yb) in enumerate(ds):
        loss = step(xb, yb)
    print(f"Epoch {epoch + 1}/3 loss: {train_loss.result():.3f} acc: {train_acc.result():.3f} last: {float(loss):.3f}")
    train_acc.reset_state(); train_loss.reset_state()
print(np.round(model.get_weights()[0], 2), int(opt.iterations), xb.shape, yb)
g, _ = tf.clip_by_global_norm([tf.constant([3.0, 4.0])], 1.0)
print(g, _)
probs = tf.nn.softmax(model(x[:2]))
print(probs.shape, tf.reduce_sum(probs, 1).numpy().round(3), tf.argmax(probs, 1))
best, wait, losses = float("inf"), 0, []
for l in [0.9, 0.8, 0.85, 0.86, 0.7]:
    losses.append(l)
    if l < best:
        best, wait = l, 0
        print(f"improved to {best:.2f}")
    else:
        wait += 1
        if wait >= 2:
            print("early stop at", len(losses)); break
schedule = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=10, decay_rate=0.9)
print([round(float(schedule(s)), 5) for s in (0, 10, 20)], keras.optimizers.schedules.PolynomialDecay(0.1, 10, 0.0)(5))
for name in ["sgd", "adam", "rmsprop", "adagrad"]:
    o = keras.optimizers.get(name)
    print(type(o).__name__, float(np.round(float(o.learning_rate), 4)))
v = tf.Variable([1.0, 2.0])
keras.optimizers.SGD(0.5, momentum=0.9).apply_gradients([(tf.constant([1.0, 1.0]), v)])
print(v, v.numpy().tolist())
