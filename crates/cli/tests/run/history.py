import numpy as np
from tensorflow import keras
x = np.arange(8, dtype="float32").reshape(8, 1) / 8
y = 2 * x
m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros", name="d")], name="m")
m.compile(keras.optimizers.SGD(0.1), "mse", metrics=["mae"])
print(m.metrics_names)
h = m.fit(x, y, epochs=3, batch_size=4, shuffle=False, verbose=0, validation_data=(x, y))
print(h.params, h.epoch, sorted(h.history))
print(h.history.keys())
for k, v in h.history.items():
    print(k, [round(float(q), 4) for q in v])
print(m.metrics_names, [q.name for q in m.metrics])
print([round(float(q), 4) for q in m.evaluate(x, y, verbose=0)])
r = m.evaluate(x, y, verbose=0, return_dict=True)
print({k: round(float(v), 4) for k, v in r.items()})
print(np.round(m.predict(x[:3], verbose=0), 4))
print(m.predict(x[:1], verbose=0).shape, type(m.predict(x[:1], verbose=0)).__name__)
print(round(float(m.train_on_batch(x, y)[0]), 4), len(m.test_on_batch(x, y)))
print(m.optimizer.iterations.numpy(), m.count_params())
print(type(h).__name__, type(h.model).__name__, len(h.history["loss"]))
class P(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        print("train begin", self.params, logs)
    def on_epoch_begin(self, epoch, logs=None):
        print("epoch", epoch, logs)
    def on_train_batch_end(self, batch, logs=None):
        print("batch", batch, sorted(logs))
    def on_test_begin(self, logs=None):
        print("test begin", logs)
    def on_epoch_end(self, epoch, logs=None):
        print("end", epoch, {k: round(float(v), 3) for k, v in sorted(logs.items())})
    def on_train_end(self, logs=None):
        print("train end", sorted(logs))
    def on_predict_batch_end(self, batch, logs=None):
        print("predict", batch, sorted(logs), logs["outputs"].shape)
m.fit(x, y, epochs=2, batch_size=4, shuffle=False, verbose=0, callbacks=[P()], validation_split=0.25)
m.predict(x, batch_size=4, verbose=0, callbacks=[P()])
