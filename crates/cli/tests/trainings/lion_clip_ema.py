# Clipping of three kinds, weight decay and moving averages of weights.
import numpy as np
from tensorflow import keras

x = np.cos(np.outer(np.arange(10), [0.5, 1.1])).astype("float32") * 3
y = (x[:, :1] * 2 - x[:, 1:] * 5).astype("float32")
kinds = [
    keras.optimizers.SGD(0.1, clipnorm=0.7),
    keras.optimizers.SGD(0.1, clipvalue=0.3),
    keras.optimizers.SGD(0.1, global_clipnorm=1.0),
    keras.optimizers.Adam(0.05, use_ema=True, ema_momentum=0.7, epsilon=1e-3),
    keras.optimizers.SGD(0.05, weight_decay=0.02),
]
history, outputs = {}, []
for at, optimizer in enumerate(kinds):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="softsign"), keras.layers.Dense(1)])
    model.set_weights([np.linspace(-0.6, 0.7, w.size).reshape(w.shape) for w in model.get_weights()])
    model.compile(optimizer, loss="mae", metrics=["mse"])
    for name, values in model.fit(x, y, batch_size=4, epochs=2, shuffle=False, verbose=0).history.items():
        history[f"{name}_{at}"] = values
    outputs.append(model.get_weights()[1])
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
