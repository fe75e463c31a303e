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


x = np.sin(np.arange(40) * 0.37).astype("float32")
ds = tf.data.Dataset.from_tensor_slices((x[:, None], np.cos(x)[:, None])).filter(lambda a, b: a[0] < 2.0).batch(8)


def gen():
    for i in range(5):
        yield x[i * 8:i * 8 + 8, None], x[i * 8:i * 8 + 8, None] * 2


O = keras.optimizers
history, outputs = {}, {}
for name, opt, data, more in [("decay", O.SGD(0.1, weight_decay=0.1), ds, {}), ("adam", O.Adam(0.05, epsilon=1e-3), ds, {}), ("adamw", O.AdamW(0.05, weight_decay=0.1, epsilon=1e-3), ds, {}),
                              ("schedule", O.RMSprop(O.schedules.ExponentialDecay(0.1, 2, 0.7), epsilon=1e-3), ds, {}), ("steps", O.Adam(0.05, epsilon=1e-3), ds.repeat(), {"steps_per_epoch": 3}),
                              ("generator", O.SGD(0.1, weight_decay=0.1), gen(), {"epochs": 1})]:
    model = keras.Sequential([layers.Input((1,)), layers.Dense(3, activation="tanh"), layers.Dense(1)])
    fill(model, 0.7)
    model.compile(opt, "mse")
    seen = []
    count = keras.callbacks.LambdaCallback(on_epoch_end=lambda e, logs: seen.append(int(opt.iterations)))
    history[name] = model.fit(data, verbose=0, callbacks=[count], **{"epochs": 3, **more}).history["loss"]
    outputs[name] = {"seen": np.array(seen), "w": model.get_weights()[0]}
