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


x = np.sin(np.arange(30) * 0.31).reshape(15, 2).astype("float32")
y = x[:, :1]
history, outputs = {}, {}
O = keras.optimizers
for i, make in enumerate([lambda: O.Adam(0.02, global_clipnorm=0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2), lambda: O.SGD(0.1, momentum=0.9, nesterov=True, clipvalue=0.05, weight_decay=0.01),
                          lambda: O.Adagrad(0.05, weight_decay=0.1), lambda: O.Ftrl(0.05, l2_shrinkage_regularization_strength=0.1), lambda: O.Adafactor(0.05, beta_2_decay=-0.7),
                          lambda: O.Lion(0.01, weight_decay=0.05), lambda: O.RMSprop(0.01, rho=0.7, momentum=0.5, clipnorm=0.05), lambda: O.Nadam(0.01, beta_1=0.7), lambda: O.Adamax(0.01, weight_decay=0.01)]):
    model = keras.Sequential([layers.Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1, use_bias=False)])
    fill(model)
    opt = make()
    if i == 1:
        opt.exclude_from_weight_decay(var_names=["bias"])
    model.compile(opt, "mse")
    history[f"h{i}"] = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0).history["loss"]
    outputs[f"w{i}"] = model.get_weights()[0]
