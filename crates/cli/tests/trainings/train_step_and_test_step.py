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


class Mixed(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = layers.Dense(5, activation="tanh")
        self.b = layers.Dense(1)
        self.m = keras.metrics.Mean(name="loss")
        self.p = keras.metrics.MeanAbsoluteError(name="abs")
        self.steps = tf.Variable(0.0, trainable=False)

    @property
    def metrics(self):
        return [self.m, self.p]

    def call(self, x, training=False):
        h = self.a(x)
        return self.b(h * 2.0 if training else h)

    def train_step(self, data):
        x, y = data
        lam = 0.3
        x2, y2 = tf.reverse(x, [0]), tf.reverse(y, [0])
        with tf.GradientTape() as tape:
            pred = self(lam * x + (1 - lam) * x2, training=True)
            loss = tf.reduce_mean(tf.square(pred - (lam * y + (1 - lam) * y2)))
        grads = tape.gradient(loss, self.trainable_variables)
        grads, norm = tf.clip_by_global_norm(grads, 0.5)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.steps.assign_add(1.0)
        self.m.update_state(loss)
        self.p.update_state(y, pred)
        return {"loss": self.m.result(), "abs": self.p.result(), "norm": norm, "steps": self.steps}

    def test_step(self, data):
        x, y = data
        pred = self(x, training=False)
        self.p.update_state(y, pred)
        self.m.update_state(tf.reduce_max(tf.abs(y - pred)))
        return {m.name: m.result() for m in self.metrics}

    def predict_step(self, data):
        return self(data, training=False) * 10.0


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2])).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = Mixed()
model(x[:1])
fill(model, 0.5)
model.compile(keras.optimizers.SGD(0.1, momentum=0.9))
history = model.fit(x, y, batch_size=5, epochs=3, shuffle=False, verbose=0, validation_data=(x[:6], y[:6]))
prediction = model.predict(x, batch_size=7, verbose=0)
outputs = np.array(model.evaluate(x, y, verbose=0))
weights = model.get_weights()
