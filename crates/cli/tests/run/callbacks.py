import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

class Log(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        print("train begin", logs, self.params)
    def on_epoch_begin(self, epoch, logs=None):
        print("epoch begin", epoch, logs)
    def on_train_batch_end(self, batch, logs=None):
        print("  batch", batch, sorted(logs), f"{logs['loss']:.4f}")
    def on_test_begin(self, logs=None):
        print("test begin", logs)
    def on_test_batch_end(self, batch, logs=None):
        print("  test batch", batch, sorted(logs))
    def on_test_end(self, logs=None):
        print("test end", sorted(logs))
    def on_epoch_end(self, epoch, logs=None):
        print("epoch end", epoch, {k: round(float(v), 4) for k, v in logs.items()}, type(logs["loss"]).__name__)
        if logs["loss"] < 0.01:
            self.model.stop_training = True
    def on_predict_begin(self, logs=None):
        print("predict begin", logs)
    def on_predict_batch_end(self, batch, logs=None):
        print("predict batch", batch, list(logs), logs["outputs"].shape)
    def on_train_end(self, logs=None):
        print("train end", sorted(logs))

x = np.arange(8, dtype="float32").reshape(4, 2) / 8
y = x.sum(axis=1, keepdims=True)
m = keras.Sequential([layers.Dense(1, kernel_initializer="zeros", input_shape=(2,))]) if False else keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_initializer="zeros")])
m.compile(keras.optimizers.SGD(0.1), "mse")
h = m.fit(x, y, batch_size=2, epochs=2, verbose=0, callbacks=[Log()], validation_data=(x, y), shuffle=False)
m.predict(x, verbose=0, callbacks=[Log()])
es = keras.callbacks.EarlyStopping(monitor="loss", patience=1, min_delta=10.0, verbose=1, restore_best_weights=True)
m.fit(x, y, epochs=5, verbose=0, callbacks=[es], shuffle=False)
print(es.stopped_epoch, es.best_epoch if hasattr(es, "best_epoch") else "")
rl = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=1, min_delta=10.0, verbose=1)
m.fit(x, y, epochs=4, verbose=0, callbacks=[rl], shuffle=False)
print(float(m.optimizer.learning_rate))
ls = keras.callbacks.LearningRateScheduler(lambda e, lr: lr * 0.9, verbose=1)
h = m.fit(x, y, epochs=2, verbose=0, callbacks=[ls], shuffle=False)
print(sorted(h.history), [round(float(v), 5) for v in h.history.get("lr", h.history.get("learning_rate"))])
lam = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print("lambda", epoch, sorted(logs)))
m.fit(x, y, epochs=2, verbose=0, callbacks=[lam], shuffle=False)
ck = keras.callbacks.ModelCheckpoint("best.keras", monitor="loss", save_best_only=True, verbose=1)
m.fit(x, y, epochs=2, verbose=0, callbacks=[ck], shuffle=False)
print(keras.callbacks.TerminateOnNaN().__class__.__name__, es.patience, es.monitor, rl.factor)
import os
print(os.path.exists("best.keras"))
h = m.fit(x, y, epochs=1, verbose=0, callbacks=[keras.callbacks.CSVLogger("log.csv")], shuffle=False)
print(open("log.csv").read().splitlines()[0])
