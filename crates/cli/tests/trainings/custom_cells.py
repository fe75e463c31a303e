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

class MinimalCell(layers.Layer):
    def __init__(self, units, **kw):
        super().__init__(**kw)
        self.units = units
        self.state_size = units
        self.output_size = units
    def build(self, shape):
        self.k = self.add_weight(shape=(shape[-1], self.units), initializer="ones", name="k")
        self.r = self.add_weight(shape=(self.units, self.units), initializer=keras.initializers.Identity(0.5), name="r")
        self.built = True
    def call(self, x, states):
        h = tf.tanh(tf.matmul(x, self.k) * 0.2 + tf.matmul(states[0], self.r))
        return h, [h]
x = np.sin(np.arange(6 * 4 * 3) * 0.21).reshape(6, 4, 3).astype("float32")
y = x.sum(axis=(1, 2), keepdims=False).reshape(6, 1)
inp = keras.Input((4, 3))
h = layers.RNN([MinimalCell(4), layers.GRUCell(3), layers.LSTMCell(2)], return_sequences=True)(inp)
h = layers.RNN(MinimalCell(3), return_sequences=False, go_backwards=True)(h)
out = layers.Dense(1)(h)
model = keras.Model(inp, out)
fill(model, 0.5)
model.compile(keras.optimizers.RMSprop(0.02), "mae")
history = model.fit(x, y, batch_size=2, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
