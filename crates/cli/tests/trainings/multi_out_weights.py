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

x1 = np.sin(np.arange(40) * 0.3).reshape(10, 4).astype("float32")
x2 = np.cos(np.arange(30) * 0.2).reshape(10, 3).astype("float32")
ya = x1[:, :1] * 2
yb = (np.arange(10) % 3)
a, b = keras.Input((4,), name="a"), keras.Input((3,), name="b")
h = layers.Concatenate()([layers.Dense(4, "relu")(a), layers.Dense(4, "tanh")(b)])
h = layers.Dropout(0.0)(h)
oa = layers.Dense(1, name="reg")(h)
ob = layers.Dense(3, activation="softmax", name="cls")(layers.Multiply()([h, h]))
model = keras.Model({"a": a, "b": b}, {"reg": oa, "cls": ob})
fill(model, 0.5)
model.compile("adam", loss={"reg": "mse", "cls": "sparse_categorical_crossentropy"}, loss_weights={"reg": 0.3, "cls": 1.5}, metrics={"reg": ["mae"], "cls": ["accuracy"]}, weighted_metrics={"reg": ["mse"], "cls": []})
sw = {"reg": np.linspace(0, 1, 10), "cls": np.ones(10)}
history = model.fit({"a": x1, "b": x2}, {"reg": ya, "cls": yb}, sample_weight=sw, batch_size=4, epochs=3, shuffle=False, verbose=0, validation_data=({"a": x1, "b": x2}, {"reg": ya, "cls": yb}))
prediction = model.predict({"a": x1[:2], "b": x2[:2]}, verbose=0)
ev = model.evaluate({"a": x1, "b": x2}, {"reg": ya, "cls": yb}, verbose=0, return_dict=True)
outputs = {k: np.array(v) for k, v in ev.items()}
weights = model.get_weights()
