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


class Vae(keras.Model):
    def __init__(self):
        super().__init__()
        self.e = layers.Dense(4, activation="tanh")
        self.mu, self.lv = layers.Dense(2), layers.Dense(2)
        self.d = layers.Dense(3)
        self.kl = keras.metrics.Mean(name="kl")

    def call(self, x, training=None):
        h = self.e(x)
        mu, lv = self.mu(h), self.lv(h)
        kl = -0.5 * tf.reduce_mean(1 + lv - mu ** 2 - tf.exp(lv))
        self.add_loss(0.1 * kl)
        self.kl.update_state(kl)
        return self.d(mu + tf.exp(0.5 * lv) * 0.1)


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2])).astype("float32")
model = Vae()
model(x[:1])
fill(model, 0.5)
model.compile(keras.optimizers.Adam(0.02, epsilon=1e-3), "mse", metrics=["mae"])
history = model.fit(x, x, batch_size=5, epochs=3, shuffle=False, verbose=0, validation_data=(x[:5], x[:5]))
outputs = np.array(model.evaluate(x, x, verbose=0))
prediction = model.predict(x, verbose=0)
weights = [v.numpy() if hasattr(v, "numpy") else v for v in model.get_weights()]
