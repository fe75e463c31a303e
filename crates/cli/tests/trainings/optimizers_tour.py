"""Every optimizer of both profiles on one small regression."""
import numpy as np
from tensorflow import keras

x = np.sin(np.outer(np.arange(12), [0.3, 0.7, 1.9])).astype("float32")
y = (x.sum(axis=1, keepdims=True) ** 2).astype("float32")
makers = {
    "sgd": lambda o: o.SGD(0.05),
    "nesterov": lambda o: o.SGD(0.05, momentum=0.8, nesterov=True),
    "rmsprop": lambda o: o.RMSprop(0.01, rho=0.8, momentum=0.4),
    "centered": lambda o: o.RMSprop(0.01, centered=True, epsilon=1e-3),
    "adagrad": lambda o: o.Adagrad(0.1, initial_accumulator_value=0.2),
    "adadelta": lambda o: o.Adadelta(1.0, rho=0.9),
    "adam": lambda o: o.Adam(0.02, epsilon=1e-4),
    "amsgrad": lambda o: o.Adam(0.02, amsgrad=True, epsilon=1e-4),
    "adamax": lambda o: o.Adamax(0.02, epsilon=1e-4),
    "nadam": lambda o: o.Nadam(0.02, epsilon=1e-4),
    "adamw": lambda o: o.AdamW(0.02, weight_decay=0.1, epsilon=1e-4),
    "adafactor": lambda o: o.Adafactor(0.02),
    "ftrl": lambda o: o.Ftrl(0.1, l1_regularization_strength=0.001, l2_regularization_strength=0.01, beta=0.1),
}


def network():
    inputs = keras.Input((3,))
    h = keras.layers.Dense(4, activation="tanh")(inputs)
    model = keras.Model(inputs, keras.layers.Dense(1)(h))
    model.set_weights([0.5 * np.cos(np.arange(w.size) * 0.7 + 0.3).reshape(w.shape) for w in model.get_weights()])
    return model


history, outputs = {}, {}
for name, make in makers.items():
    model = network()
    model.compile(make(keras.optimizers), "mse")
    history[name] = model.fit(x, y, batch_size=5, epochs=3, shuffle=False, verbose=0).history["loss"]
    outputs[name] = model.get_weights()[0]
prediction = model.predict(x[:4], verbose=0)
