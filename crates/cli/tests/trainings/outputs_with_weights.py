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


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2])).astype("float32")
ya, yb, yc = x[:, :1], (x[:, 1:2] > 0).astype("float32"), np.arange(12) % 3
inp = keras.Input((3,))
h = layers.Dense(6, activation="tanh")(inp)
model = keras.Model(inp, {"a": layers.Dense(1, name="a")(h), "b": layers.Dense(1, activation="sigmoid", name="b")(h), "c": layers.Dense(3, activation="softmax", name="c")(h)})
fill(model, 0.6)
model.compile(keras.optimizers.Adam(0.03, epsilon=1e-3), {"a": "mse", "b": keras.losses.BinaryCrossentropy(label_smoothing=0.1), "c": "sparse_categorical_crossentropy"},
              loss_weights={"a": 0.5, "b": 2.0, "c": 1.0}, metrics={"a": ["mae"], "c": "accuracy"}, weighted_metrics={"b": ["accuracy"]})
t = {"a": ya, "b": yb, "c": yc}
history = model.fit(x, t, sample_weight={"a": np.ones(12), "b": np.linspace(0, 2, 12), "c": np.linspace(1, 0.5, 12)}, batch_size=5, epochs=3, shuffle=False, verbose=0)
e = model.evaluate(x, t, batch_size=5, verbose=0, return_dict=True)
p = model.predict(x[:4], verbose=0)
prediction = {k: p[k] for k in sorted(p)}
outputs = {k: np.array(v) for k, v in e.items()}
