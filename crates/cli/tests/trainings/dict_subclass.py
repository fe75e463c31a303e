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


class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.emb = layers.Embedding(6, 3)
        self.den = [layers.Dense(4, "relu"), layers.Dense(4, "relu")]
        self.out = {"a": layers.Dense(1), "b": layers.Dense(2)}

    def call(self, inputs, training=None):
        h = tf.concat([tf.reduce_mean(self.emb(inputs["ids"]), 1), inputs["num"]], -1)
        for d in self.den:
            h = d(h)
        return {k: l(h) for k, l in self.out.items()}


ids = np.arange(20).reshape(10, 2) % 6
num = np.sin(np.arange(20) * 0.3).reshape(10, 2).astype("float32")
ys = {"a": num[:, :1], "b": num * 0.5}
model = Net()
model({"ids": ids, "num": num})
fill(model)
model.compile(keras.optimizers.Adam(0.02), {"a": "mse", "b": "mae"}, loss_weights={"a": 2.0, "b": 0.5}, metrics={"a": "mae", "b": ["mse"]})
ds = tf.data.Dataset.from_tensor_slices(({"ids": ids, "num": num}, ys)).batch(4)
history = model.fit(ds, epochs=3, verbose=0, validation_data=ds)
p = model.predict(ds, verbose=0)
prediction = p
outputs = np.array([float(v) for v in model.evaluate(ds, return_dict=True, verbose=0).values()])
weights = model.get_weights()
