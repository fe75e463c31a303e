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


x = np.sin(np.arange(20) * 0.31).reshape(20, 1).astype("float32")
y = np.abs(x)
model = keras.Sequential([layers.Input((1,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
fill(model, 0.9)
model.compile(keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.8), "mse", metrics=["mae"])
history = model.fit(x, y, validation_data=(x[:6], y[:6]), batch_size=5, epochs=3, shuffle=False, verbose=0,
                    callbacks=[keras.callbacks.SwapEMAWeights(swap_on_epoch=True)])
a = model.evaluate(x, y, verbose=0, callbacks=[keras.callbacks.SwapEMAWeights()])
b = model.evaluate(x, y, verbose=0)
model.optimizer.finalize_variable_values(model.trainable_variables)
c = model.evaluate(x, y, verbose=0)
outputs = np.array([a, b, c])
weights = model.get_weights()
