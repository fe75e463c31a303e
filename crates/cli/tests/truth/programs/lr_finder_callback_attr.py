import numpy as np
import tensorflow as tf
from tensorflow import keras
K = keras.backend


class LRFinder(keras.callbacks.Callback):
    def __init__(self, min_lr=1e-5, max_lr=1e-1, steps=20, beta=0.98):
        super().__init__()
        self.min_lr, self.max_lr, self.steps, self.beta = min_lr, max_lr, steps, beta
        self.lrs, self.losses = [], []
        self.best = np.inf
        self.avg = 0.0

    def set_lr(self, lr):
        self.model.optimizer.lr.assign(lr)

    def on_train_begin(self, logs=None):
        self.factor = (self.max_lr / self.min_lr) ** (1 / self.steps)
        self.set_lr(self.min_lr)

    def on_train_batch_end(self, batch, logs=None):
        loss = (logs or {}).get("loss")
        self.avg = self.beta * self.avg + (1 - self.beta) * loss
        smoothed = self.avg / (1 - self.beta ** (batch + 1))
        self.lrs.append(float(self.model.optimizer.learning_rate.numpy()))
        self.losses.append(smoothed)
        if batch > 0 and smoothed > 4 * self.best:
            self.model.stop_training = True
            return
        if smoothed < self.best or batch == 0:
            self.best = smoothed
        self.set_lr(self.lrs[-1] * self.factor)


class ExponentialMovingAverage(keras.callbacks.Callback):
    def __init__(self, decay=0.99):
        super().__init__()
        self.decay = decay

    def on_train_begin(self, logs=None):
        self.ema = [w.copy() for w in self.model.get_weights()]

    def on_batch_end(self, batch, logs=None):
        for e, w in zip(self.ema, self.model.get_weights()):
            e *= self.decay
            e += (1 - self.decay) * w

    def on_epoch_end(self, epoch, logs=None):
        backup = self.model.get_weights()
        self.model.set_weights(self.ema)
        res = self.model.evaluate(*self.val, verbose=0, return_dict=True)
        print({f"ema_{k}": type(v).__name__ for k, v in res.items()})
        self.model.set_weights(backup)


def one_cycle(epoch, lr):
    return lr * 0.9 if epoch > 1 else lr


X = np.random.randn(200, 10)
y = (X.sum(1) > 0).astype("float32")
model = keras.models.Sequential([
    keras.layers.Dense(16, activation="elu", kernel_initializer="he_normal", input_shape=[10]),
    keras.layers.AlphaDropout(0.1),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.Adam(), metrics=["accuracy"])
finder = LRFinder()
model.fit(X, y, batch_size=10, epochs=1, callbacks=[finder], verbose=0)
print(len(finder.lrs) == len(finder.losses))
ema = ExponentialMovingAverage()
ema.val = (X[:50], y[:50])
hist = model.fit(X, y, epochs=2, batch_size=50, verbose=0,
                 callbacks=[ema, keras.callbacks.LearningRateScheduler(one_cycle), keras.callbacks.CSVLogger("log.csv")])
print(sorted(hist.history))
