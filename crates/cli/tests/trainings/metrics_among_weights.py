import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

class Early(keras.Model):
    def __init__(self):
        super().__init__()
        self.m = keras.metrics.Mean(name="loss")
        self.p = keras.metrics.MeanAbsoluteError(name="abs")
        self.a = layers.Dense(2, activation="tanh")
        self.q = keras.metrics.Precision()
        self.blocks = [layers.Dense(2), layers.BatchNormalization()]
        self.steps = tf.Variable(3.0, trainable=False)
        self.out = layers.Dense(1)

    @property
    def metrics(self):
        return [self.m, self.p]

    def call(self, x, training=None):
        h = self.a(x)
        for b in self.blocks:
            h = b(h)
        return self.out(h)

    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = tf.reduce_mean((p - y) ** 2)
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_variables), self.trainable_variables))
        self.m.update_state(loss)
        self.p.update_state(y, p)
        self.steps.assign_add(1.0)
        return {m.name: m.result() for m in self.metrics}


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2])).astype("float32")
y = x.sum(axis=1, keepdims=True)
model = Early()
model(x[:1])
outputs = {"shapes": np.array([int(np.prod(w.shape)) for w in model.get_weights()])}
for k, w in enumerate(model.trainable_variables):
    w.assign(0.4 * np.sin(np.arange(np.prod(w.shape)).reshape(w.shape) + k))
model.compile(keras.optimizers.SGD(0.1, momentum=0.9))
history = model.fit(x, y, batch_size=5, epochs=3, shuffle=False, verbose=0)
weights = model.get_weights()
