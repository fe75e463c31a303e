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


class Warmup(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, base, warm):
        super().__init__()
        self.base, self.warm = base, warm

    def __call__(self, step):
        step = tf.cast(step, tf.float32)
        return tf.where(step < self.warm, self.base * (step + 1) / self.warm, self.base * tf.math.rsqrt(step + 1.0))

    def get_config(self):
        return {"base": self.base, "warm": self.warm}


seen = []


class Log(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        opt = self.model.optimizer
        lr = opt.learning_rate
        seen.append(float(lr(opt.iterations) if callable(lr) else lr))


x = np.sin(np.arange(24) * 0.31).reshape(12, 2).astype("float32")
y = x.prod(1, keepdims=True)
model = keras.Sequential([layers.Input((2,)), layers.Dense(4, "softplus"), layers.Dense(1)])
fill(model)
model.compile(keras.optimizers.Adam(Warmup(0.1, 3.0), beta_1=0.8), "mse")
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0, callbacks=[Log()])
outputs = np.array(seen)
weights = model.get_weights()
