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


x = np.sin(np.outer(np.arange(20), [0.4, 1.3])).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="tanh"), layers.Dense(1)])
fill(model, 0.7)
model.compile(keras.optimizers.SGD(keras.optimizers.schedules.PolynomialDecay(0.2, 10)), "mse", metrics=["mae"])
h1 = model.fit(x, y, batch_size=4, steps_per_epoch=3, epochs=1, shuffle=False, verbose=0)
h2 = model.fit(x, y, batch_size=6, epochs=5, initial_epoch=3, shuffle=False, verbose=0, validation_split=0.3, validation_freq=2)
h3 = model.fit(x, y, batch_size=6, epochs=4, shuffle=False, verbose=0, validation_data=(x[:5], y[:5]), validation_freq=[1, 4], validation_batch_size=2)
history = {f"{i}/{k}": v for i, h in enumerate([h1, h2, h3]) for k, v in h.history.items()}
outputs = {"epochs": np.array(h2.epoch), "it": np.array(int(model.optimizer.iterations)), "lr": np.array(float(model.optimizer.learning_rate) if not callable(model.optimizer.learning_rate) else 0.0),
           "e": np.array(model.evaluate(x, y, batch_size=6, steps=2, verbose=0)), "e1": np.array(model.evaluate(x, y, sample_weight=np.arange(20) / 10, verbose=0))}
prediction = model.predict(x, batch_size=6, steps=2, verbose=0)
