import numpy as np
import pprint
from tensorflow import keras
from tensorflow.keras import layers
x = np.linspace(-1, 1, 8, dtype="float32").reshape(4, 2); y = x.sum(axis=1, keepdims=True)
m = keras.Sequential([keras.Input((2,)), layers.Dense(1, kernel_initializer="zeros", name="d")], name="m")
print(m.optimizer if hasattr(m, "optimizer") else None, m.compiled if hasattr(m, "compiled") else "")
m.compile(optimizer=keras.optimizers.SGD(0.5), loss="mse", metrics=["mae"])
h = m.fit(x, y, epochs=3, batch_size=4, verbose=0, shuffle=False)
print(type(h).__name__, list(h.history), h.epoch, sorted(h.params.items(), key=str))
print({k: [round(v, 4) for v in vs] for k, vs in h.history.items()})
for e, (l, a) in enumerate(zip(h.history["loss"], h.history["mae"]), 1):
    print(f"Epoch {e}: loss={l:.4f} mae={a:.4f}")
print([type(v).__name__ for v in h.history["loss"]], type(m.evaluate(x, y, verbose=0)).__name__)
print(np.round(m.evaluate(x, y, verbose=0), 4), {k: round(float(v), 4) for k, v in m.evaluate(x, y, verbose=0, return_dict=True).items()})
p = m.predict(x, verbose=0)
print(p.shape, p.dtype, np.round(p, 3), np.round(p.flatten(), 2).tolist())
print(m.get_weights(), m.layers[0].get_weights()[0].shape)
print(m.metrics_names, [q.name for q in m.metrics], m.loss, m.optimizer.get_config()["name"], float(m.optimizer.learning_rate), m.optimizer.iterations)
h = m.fit(x, y, validation_data=(x, y), epochs=2, verbose=0, callbacks=[keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: print(e, sorted(logs)))])
print(sorted(h.history), h.model is m)
class Report(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        print("begin", logs, self.params["epochs"], self.params["steps"])
    def on_epoch_end(self, epoch, logs=None):
        print(f"epoch {epoch}: {', '.join(f'{k}={v:.3f}' for k, v in logs.items())}")
    def on_train_end(self, logs=None):
        print("end", sorted(logs))
m.fit(x, y, epochs=2, verbose=0, callbacks=[Report()])
r = m.train_on_batch(x, y); print(type(r).__name__, np.shape(r), [type(q).__name__ for q in r])
r = m.test_on_batch(x, y, return_dict=True); print(sorted(r), type(r["loss"]).__name__)
c = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="softmax", kernel_initializer="zeros", name="c")])
c.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
q = c.fit(x, np.array([0, 1, 2, 0]), epochs=1, verbose=0).history
print({k: [float(f"{v:.4f}") for v in vs] for k, vs in q.items()}, c.predict(x, verbose=0).argmax(axis=1), c.predict(x[:1] * 0, verbose=0).shape)
m.fit(x, y, epochs=3, verbose=0, callbacks=[keras.callbacks.EarlyStopping("loss", patience=0, verbose=1), keras.callbacks.LearningRateScheduler(lambda e: 0.5 / (e + 1), verbose=1)])
m.fit(x, y, epochs=2, verbose=0, callbacks=[keras.callbacks.ReduceLROnPlateau("loss", factor=0.5, patience=0, min_delta=10.0, verbose=1)])
print(np.float32(m.optimizer.learning_rate.numpy()), m.optimizer.learning_rate, m.optimizer.lr if hasattr(m.optimizer, "lr") else "no lr")
m.fit(x, y, epochs=2, verbose=2) if False else None
print(keras.losses.MeanSquaredError()(y, p * 0), keras.losses.mean_absolute_error([[1.0, 2.0]], [[1.5, 2.5]]), keras.metrics.mean_squared_error([[1.0]], [[2.0]]))
print(keras.losses.BinaryCrossentropy()([[0.0, 1.0]], [[0.5, 0.5]]).numpy(), keras.losses.CategoricalCrossentropy(reduction="none")([[0, 1.0]], [[0.5, 0.5]]))
