"""A functional model inside a subclassed one, with own metrics, test_step and predict_step."""
import numpy as np
import tensorflow as tf
from tensorflow import keras


def backbone(width):
    inp = keras.Input((width,))
    x = keras.layers.Dense(16, activation="relu")(inp)
    skip = x
    x = keras.layers.Dense(16, activation="relu")(x)
    x = keras.layers.add([x, skip])
    return keras.Model(inp, x, name="backbone")


class Regressor(keras.Model):
    def __init__(self, body, quantiles=(0.1, 0.5, 0.9), **kwargs):
        super().__init__(**kwargs)
        self.body, self.quantiles = body, quantiles
        self.head = keras.layers.Dense(len(quantiles))
        self.loss_metric = keras.metrics.Mean(name="pinball")
        self.mae_metric = keras.metrics.MeanAbsoluteError(name="mae")

    def call(self, x, training=False):
        return self.head(self.body(x, training=training))

    @property
    def metrics(self):
        return [self.loss_metric, self.mae_metric]

    def pinball(self, y, p):
        q = tf.constant(self.quantiles, dtype=p.dtype)
        error = y[:, None] - p
        return tf.reduce_mean(tf.maximum(q * error, (q - 1) * error))

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = self.pinball(y, p)
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        self.loss_metric.update_state(loss)
        self.mae_metric.update_state(y, p[:, 1])
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        x, y = data
        p = self(x)
        self.loss_metric.update_state(self.pinball(y, p))
        self.mae_metric.update_state(y, p[:, 1])
        return {m.name: m.result() for m in self.metrics}

    def predict_step(self, data):
        return tf.sort(self(data), axis=-1)


X, y = np.random.randn(100, 7).astype("float32"), np.random.randn(100, 1).astype("float32")
model = Regressor(backbone(7))
model.compile(optimizer="adam")
h = model.fit(X, y, validation_data=(X[:20], y[:20]), epochs=1, batch_size=25, verbose=0)
print(sorted(h.history), model.predict(X[:3], verbose=0).shape)
