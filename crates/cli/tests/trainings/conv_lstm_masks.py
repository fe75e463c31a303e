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


x = np.sin(np.arange(4 * 3 * 5 * 5 * 2) * 0.07).reshape(4, 3, 5, 5, 2).astype("float32")
y = x[:, -1, :3, :3, :1]
inp = keras.Input((3, 5, 5, 2))
h = layers.ConvLSTM2D(3, 3, padding="same", return_sequences=True, recurrent_activation="sigmoid", go_backwards=True)(inp)
h, s1, s2 = layers.ConvLSTM2D(2, 2, strides=1, return_state=True, unit_forget_bias=False, dilation_rate=1)(h)
h = layers.concatenate([h, s2])
model = keras.Model(inp, layers.Conv2D(1, 2)(h))
fill(model, 0.4)
model.compile(keras.optimizers.Adam(0.01, epsilon=1e-3), "mse")
history = model.fit(x, y, batch_size=2, epochs=3, shuffle=False, verbose=0)
t = keras.Input((4, 6, 2))
m1 = keras.Model(t, layers.ConvLSTM1D(2, 3, return_sequences=False)(t))
fill(m1, 0.4)
outputs = m1.predict(np.cos(np.arange(96) * 0.1).reshape(2, 4, 6, 2), verbose=0)
weights = model.get_weights()
