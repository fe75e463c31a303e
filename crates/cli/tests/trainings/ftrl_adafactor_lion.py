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


x = np.cos(np.arange(40) * 0.37).reshape(10, 4).astype("float32")
y = np.sin(x.sum(axis=1, keepdims=True)).astype("float32")
O = keras.optimizers
opts = {"ftrl_power": O.Ftrl(0.2, learning_rate_power=-0.7, initial_accumulator_value=0.3),
        "ftrl_shrink": O.Ftrl(0.1, l2_shrinkage_regularization_strength=0.05, l1_regularization_strength=0.01),
        "ftrl_decay": O.Ftrl(0.1, weight_decay=0.05, clipnorm=0.5),
        "adafactor_rel": O.Adafactor(0.05, relative_step=True, epsilon_2=1e-2),
        "adafactor_clip": O.Adafactor(0.05, clip_threshold=0.5, beta_2_decay=-0.6, weight_decay=0.01),
        "lion": O.Lion(0.005, beta_1=0.8, beta_2=0.9, weight_decay=0.1),
        "lion_sched": O.Lion(O.schedules.CosineDecay(0.01, 6, alpha=0.2)),
        "adam_all": O.Adam(0.02, beta_1=0.8, beta_2=0.9, epsilon=1e-3, amsgrad=True, weight_decay=0.02, clipvalue=0.3)}
history, outputs = {}, {}
for name, opt in opts.items():
    inp = keras.Input((4,))
    h = layers.Dense(6, activation="tanh")(inp)
    h = layers.Reshape((3, 2))(h)
    h = layers.Conv1D(3, 2, activation="relu")(h)
    model = keras.Model(inp, layers.Dense(1)(layers.Flatten()(h)))
    fill(model, 0.5)
    model.compile(opt, "mse", metrics=["mae"])
    r = model.fit(x, y, batch_size=5, epochs=4, shuffle=False, verbose=0)
    history[name], history[name + "_mae"] = r.history["loss"], r.history["mae"]
    outputs[name] = model.get_weights()[2]
