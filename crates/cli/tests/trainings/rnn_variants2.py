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

x = np.sin(np.arange(4 * 5 * 3) * 0.3).reshape(4, 5, 3).astype("float32")
y = x.mean((1, 2))[:, None]
inp = keras.Input((5, 3))
h = layers.Bidirectional(layers.GRU(3, return_sequences=True, reset_after=False), merge_mode="ave")(inp)
h = layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True), merge_mode="mul")(h)
h = layers.LSTM(3, unit_forget_bias=False, recurrent_activation="hard_sigmoid", activation="softsign", return_sequences=True, use_bias=False)(h)
s, f = layers.GRU(4, return_state=True)(h)
o = layers.Dense(1)(layers.Average()([s, f]))
model = keras.Model(inp, o)
fill(model, 0.5)
model.compile(keras.optimizers.Adam(0.01, clipnorm=0.5), "mse")
history = model.fit(x, y, batch_size=2, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
c = layers.ConvLSTM1D(2, 2, padding="same", return_sequences=True)
v = np.sin(np.arange(2 * 3 * 4 * 2) * 0.3).reshape(2, 3, 4, 2).astype("float32")
c(v)
c.set_weights([np.reshape(0.3 * np.sin(np.arange(int(np.prod(w.shape)))), w.shape) for w in c.get_weights()])
outputs = np.array(c(v))
