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


a = np.sin(np.arange(20) * 0.31).reshape(10, 2).astype("float32")
b = np.cos(np.arange(30) * 0.31).reshape(10, 3).astype("float32")
ya = a[:, :1]
yb = (np.arange(10) % 3).reshape(10, 1)
ia, ib = keras.Input((2,), name="ia"), keras.Input((3,), name="ib")
h = layers.Dense(4, "relu")(layers.Concatenate()([ia, ib]))
oa = layers.Dense(1, name="reg")(h)
ob = layers.Dense(3, activation="softmax", name="cls")(h)
model = keras.Model({"ia": ia, "ib": ib}, {"reg": oa, "cls": ob})
fill(model)
model.compile(keras.optimizers.Adam(0.01), loss={"reg": "mse", "cls": "sparse_categorical_crossentropy"}, loss_weights={"reg": 0.3, "cls": 1.2},
              metrics={"reg": ["mae"], "cls": ["accuracy", keras.metrics.SparseTopKCategoricalAccuracy(2, name="top2")]}, weighted_metrics={"cls": ["sparse_categorical_crossentropy"]})
sw = {"reg": np.linspace(0, 1, 10), "cls": np.linspace(1, 2, 10)}
history = model.fit({"ia": a, "ib": b}, {"reg": ya, "cls": yb}, sample_weight=sw, batch_size=4, epochs=3, shuffle=False, verbose=0, validation_data=({"ia": a, "ib": b}, {"reg": ya, "cls": yb}))
prediction = model.predict({"ia": a[:3], "ib": b[:3]}, verbose=0)
outputs = {k: np.array(v) for k, v in model.evaluate({"ia": a, "ib": b}, {"reg": ya, "cls": yb}, return_dict=True, verbose=0).items()}
weights = model.get_weights()
