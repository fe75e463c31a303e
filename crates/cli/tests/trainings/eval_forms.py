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


x = np.sin(np.arange(30) * 0.31).reshape(10, 3).astype("float32")
y = np.stack([x.sum(1), x[:, 0]], 1)
inp = keras.Input((3,))
h = layers.Dense(4, "tanh")(inp)
model = keras.Model(inp, [layers.Dense(1, name="p")(h), layers.Dense(1, name="q")(h)])
fill(model)
model.compile(keras.optimizers.SGD(0.1), loss=["mse", keras.losses.MeanAbsoluteError()], loss_weights=[1.0, 0.5], metrics=[["mae"], ["mse", "mape"]])
h = model.fit(x, [y[:, :1], y[:, 1:]], batch_size=4, epochs=2, shuffle=False, verbose=0, validation_split=0.2)
history = h.history
outputs = {"l": np.array(model.evaluate(x, [y[:, :1], y[:, 1:]], verbose=0)), "d": np.array(list(model.evaluate(x, [y[:, :1], y[:, 1:]], return_dict=True, verbose=0).values())),
           "t": np.array(model.train_on_batch(x[:3], [y[:3, :1], y[:3, 1:]])), "td": np.array([float(v) for v in model.test_on_batch(x, [y[:, :1], y[:, 1:]], return_dict=True).values()]),
           "names": np.array(len(model.metrics_names))}
prediction = model.predict_on_batch(x[:2])
weights = model.get_weights()
