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

x = np.sin(np.arange(40) * 0.53).reshape(10, 4).astype("float32")
y = (x @ np.array([[0.5], [-1.0], [0.3], [0.8]]) + 0.1).astype("float32")
O = keras.optimizers
S = O.schedules
opts = [O.SGD(S.CosineDecay(0.1, 12, alpha=0.1), momentum=0.5, weight_decay=0.01),
        O.RMSprop(S.PolynomialDecay(0.05, 8, 0.001, power=2.0, cycle=True), rho=0.8, momentum=0.3, centered=True),
        O.Adam(S.PiecewiseConstantDecay([3, 6], [0.05, 0.02, 0.01]), amsgrad=True, clipnorm=0.3),
        O.AdamW(S.InverseTimeDecay(0.05, 4, 0.5), weight_decay=0.02, clipvalue=0.2),
        O.Ftrl(0.1, l1_regularization_strength=0.001, l2_regularization_strength=0.01, beta=0.1),
        O.Lion(0.01, use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3),
        O.Adafactor(0.02, relative_step=False),
        O.Adadelta(1.0, global_clipnorm=0.5),
        O.Nadam(S.CosineDecayRestarts(0.05, 3, t_mul=2.0, m_mul=0.8), weight_decay=0.004)]
outputs, history = {}, {}
for i, opt in enumerate(opts):
    model = keras.Sequential([layers.Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(1)])
    fill(model, 0.5)
    model.compile(opt, "mse")
    h = model.fit(x, y, batch_size=4, epochs=4, shuffle=False, verbose=0)
    history[f"loss{i}"] = h.history["loss"]
    outputs[f"w{i}"] = model.get_weights()[0]
    outputs[f"it{i}"] = np.array(int(opt.iterations))
