import numpy as np
from tensorflow import keras
x = np.linspace(0, 1, 20).reshape(-1, 1).astype("float32")
y = 2 * x + 1
def make():
    m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
    m.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse", metrics=["mae"])
    return m
class Print(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        print("Starting training; got log keys:", list(logs.keys()))
    def on_epoch_begin(self, epoch, logs=None):
        print("-- epoch", epoch + 1)
    def on_epoch_end(self, epoch, logs=None):
        print("   end: " + ", ".join(f"{k}: {v:.4f}" for k, v in sorted(logs.items())))
    def on_train_batch_end(self, batch, logs=None):
        print("   batch", batch, sorted(logs))
    def on_test_begin(self, logs=None):
        print("   test begin")
    def on_predict_end(self, logs=None):
        print("predict end", logs)
m = make()
m.fit(x, y, epochs=2, batch_size=10, shuffle=False, validation_data=(x, y), verbose=0, callbacks=[Print()])
m.predict(x, verbose=0, callbacks=[Print()])
m = make()
es = keras.callbacks.EarlyStopping(monitor="loss", min_delta=10, patience=2, restore_best_weights=True, verbose=1)
h = m.fit(x, y, epochs=10, shuffle=False, verbose=0, callbacks=[es])
print(len(h.history["loss"]), es.stopped_epoch, es.best_epoch if hasattr(es, "best_epoch") else None)
m = make()
lr = keras.callbacks.LearningRateScheduler(lambda epoch, lr: lr * 0.5 if epoch else lr)
h = m.fit(x, y, epochs=3, shuffle=False, verbose=0, callbacks=[lr])
print(list(h.history), float(np.round(float(m.optimizer.learning_rate), 5)))
m = make()
ck = keras.callbacks.ModelCheckpoint("best.weights.h5", monitor="loss", save_best_only=True, save_weights_only=True, verbose=0)
m.fit(x, y, epochs=2, shuffle=False, verbose=0, callbacks=[ck])
import os
print(os.path.exists("best.weights.h5"), np.round(ck.best, 4))
csv = keras.callbacks.CSVLogger("log.csv")
m.fit(x, y, epochs=2, shuffle=False, verbose=0, callbacks=[csv])
print(open("log.csv").read().splitlines()[0], len(open("log.csv").read().splitlines()))
red = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.1, patience=1, min_delta=100, verbose=1)
m = make()
m.fit(x, y, epochs=4, shuffle=False, verbose=0, callbacks=[red])
print("%.4g" % float(m.optimizer.learning_rate))
h = m.fit(x, y, epochs=1, verbose=0)
print(type(h), h.model is m)
