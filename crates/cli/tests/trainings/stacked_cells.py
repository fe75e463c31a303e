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


x = np.cos(np.arange(4 * 6 * 3) * 0.21).reshape(4, 6, 3).astype("float32")
y = x.mean(axis=(1, 2), keepdims=False)
inp = keras.Input((6, 3))
r = layers.RNN(layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(3, reset_after=False)]), return_sequences=True)(inp)
s = layers.Bidirectional(layers.SimpleRNN(2, return_sequences=False), merge_mode="mul")(r)
b = layers.Bidirectional(layers.LSTM(2), backward_layer=layers.GRU(2, go_backwards=True), merge_mode="sum")(r)
model = keras.Model(inp, layers.Dense(1)(layers.concatenate([s, b])))
fill(model, 0.5)
model.compile(keras.optimizers.Adam(0.01), "mae")
history = model.fit(x, y, epochs=4, batch_size=2, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
model.summary()
