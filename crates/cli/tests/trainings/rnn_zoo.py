import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.sin(np.arange(8 * 6 * 3) * 0.21).reshape(8, 6, 3).astype("float32")
x[2, 4:] = 0.0
x[5, 2:] = 0.0
y = np.cos(np.arange(8)).astype("float32")

inputs = keras.Input((6, 3))
h = layers.Masking()(inputs)
a = layers.LSTM(3, return_sequences=True, dropout=0.0)(h)
a = layers.GRU(2, go_backwards=True, reset_after=False)(a)
b = layers.Bidirectional(layers.SimpleRNN(2), merge_mode="sum")(h)
c, state = layers.GRU(3, return_state=True)(inputs)
d = layers.RNN(layers.LSTMCell(2))(inputs)
e = layers.RNN([layers.GRUCell(2), layers.SimpleRNNCell(2, activation="relu")])(inputs)
merged = layers.concatenate([a, b, c, state, d, e])
model = keras.Model(inputs, layers.Dense(1)(merged))
model.set_weights([0.5 * np.sin(np.arange(w.size) * 0.61 + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
model.compile(keras.optimizers.Adam(0.01, epsilon=1e-3), "mse", metrics=["mae"])
history = model.fit(x, y, batch_size=3, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, batch_size=4, verbose=0)
weights = model.get_weights()
