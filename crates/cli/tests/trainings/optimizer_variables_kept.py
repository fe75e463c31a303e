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


x = np.sin(np.outer(np.arange(12), [0.4, 1.3])).astype("float32")
y = x.sum(axis=1, keepdims=True)
O = keras.optimizers
outputs = {}
for name, opt in [("sgd", O.SGD(0.1, momentum=0.9)), ("adam", O.Adam(0.05)), ("ams", O.Adam(0.05, amsgrad=True)), ("rms", O.RMSprop(0.02, centered=True, momentum=0.4)),
                  ("ftrl", O.Ftrl(0.1)), ("adamax", O.Adamax(0.1)), ("nadam", O.Nadam(0.1)), ("adadelta", O.Adadelta(0.1)), ("adagrad", O.Adagrad(0.1)), ("lion", O.Lion(0.01)), ("af", O.Adafactor(0.05))]:
    model = keras.Sequential([keras.Input((2,)), layers.Dense(3, activation="tanh"), layers.Dense(1)])
    fill(model, 0.7)
    model.compile(opt, "mse")
    model.fit(x, y, batch_size=4, epochs=1, shuffle=False, verbose=0)
    v = opt.variables
    v = v() if callable(v) else v
    outputs[name] = np.array([float(np.sum(np.abs(np.array(e)))) for e in v])
    print(name, [e.name for e in v], [tuple(e.shape) for e in v])
    cfg = opt.get_config()
    again = type(opt).from_config(cfg)
    outputs[name + "_lr"] = np.array(float(again.learning_rate))
