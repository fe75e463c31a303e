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


x = np.sin(np.arange(24) * 0.31).reshape(24, 1).astype("float32")
y = np.cos(x * 2)
model = keras.Sequential([layers.Input((1,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
fill(model, 0.9)
model.compile(keras.optimizers.Adam(0.05, epsilon=1e-2), "mse")
C = keras.callbacks
seen = []
history = model.fit(x, y, batch_size=5, epochs=4, shuffle=False, verbose=0, callbacks=[
    C.LearningRateScheduler(lambda e: 0.1 / (1 + e)),
    C.LambdaCallback(on_epoch_begin=lambda e, logs: seen.append(float(model.optimizer.learning_rate)),
                     on_epoch_end=lambda e, logs: seen.append(logs["loss"]),
                     on_train_batch_end=lambda b, logs: seen.append(float(logs["loss"]) * (b + 1)),
                     on_train_begin=lambda logs: seen.append(-1.0), on_train_end=lambda logs: seen.append(len(seen))),
    C.TerminateOnNaN(), C.ProgbarLogger() if False else C.History()])
outputs = np.array(seen)
weights = model.get_weights()
