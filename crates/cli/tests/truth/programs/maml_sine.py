"""Model-agnostic meta-learning on sine waves, first order."""
import numpy as np
import tensorflow as tf
from tensorflow import keras


class SineTask:
    def __init__(self, amplitude, phase):
        self.amplitude = amplitude
        self.phase = phase

    def sample(self, k):
        x = np.random.uniform(-5, 5, size=(k, 1)).astype("float32")
        return x, (self.amplitude * np.sin(x - self.phase)).astype("float32")


def random_task():
    return SineTask(np.random.uniform(0.1, 5.0), np.random.uniform(0, np.pi))


class Regressor(keras.Model):
    def __init__(self, units=40):
        super().__init__()
        self.hidden1 = keras.layers.Dense(units, activation="relu")
        self.hidden2 = keras.layers.Dense(units, activation="relu")
        self.out = keras.layers.Dense(1)

    def call(self, x):
        return self.out(self.hidden2(self.hidden1(x)))


def forward_with(weights, x):
    w1, b1, w2, b2, w3, b3 = weights
    h = tf.nn.relu(tf.matmul(x, w1) + b1)
    h = tf.nn.relu(h @ w2 + b2)
    return h @ w3 + b3


mse = keras.losses.MeanSquaredError()
model = Regressor()
model(tf.zeros((1, 1)))
meta_opt = keras.optimizers.Adam(1e-3)
inner_lr = 0.01

for step in range(3):
    with tf.GradientTape() as outer:
        total = 0.0
        for _ in range(4):
            task = random_task()
            xs, ys = task.sample(10)
            xq, yq = task.sample(10)
            fast = model.trainable_variables
            with tf.GradientTape() as inner:
                loss = mse(ys, model(xs))
            grads = inner.gradient(loss, fast)
            fast = [w - inner_lr * g for w, g in zip(fast, grads)]
            total += mse(yq, forward_with(fast, xq))
        total = total / 4
    meta_grads = outer.gradient(total, model.trainable_variables)
    meta_opt.apply_gradients(zip(meta_grads, model.trainable_variables))
    print(f"step {step}: {float(total):.3f}")
