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

x = np.sin(np.arange(12 * 4) * 0.37).reshape(12, 4).astype("float32")
y = (x @ np.array([[0.5], [-1.0], [0.3], [0.8]], "float32") + 0.1).astype("float32")
c = (np.arange(12) * 5 % 3)

inp = keras.Input((4,))
h = layers.Dense(5, "tanh")(inp)
z, b = layers.Dense(1, name="zeta")(h), layers.Dense(3, "softmax", name="beta")(h)
model = keras.Model(inp, [z, b])
fill(model)
model.compile(keras.optimizers.Adam(0.02), loss={"beta": "sparse_categorical_crossentropy", "zeta": keras.losses.MeanAbsoluteError()}, loss_weights={"zeta": 3.0, "beta": 0.25}, metrics={"beta": "accuracy", "zeta": ["mse", "mae"]})
history = model.fit(x, {"beta": c, "zeta": y}, batch_size=4, epochs=3, shuffle=False, verbose=0)
outputs = model.train_on_batch(x[:6], {"beta": c[:6], "zeta": y[:6]}, return_dict=True)
outputs = {k: np.array(float(v)) for k, v in outputs.items()}
weights = model.get_weights()
