import numpy as np
from tensorflow.keras.models import Sequential, Model
from tensorflow.keras.layers import LSTM, GRU, Dense, Input, TimeDistributed, Bidirectional

batch_size, tsteps, features = 4, 6, 2


def gen_wave(n=24, length=6):
    t = np.linspace(0, 10, n * length).reshape(n, length, 1)
    return np.concatenate([np.sin(t), np.cos(t)], axis=-1)


def stateful_model(cell="lstm"):
    RNN = {"lstm": LSTM, "gru": GRU}[cell]
    inp = Input(batch_shape=(batch_size, tsteps, features))
    x = RNN(8, return_sequences=True, stateful=True)(inp)
    x = RNN(4, return_sequences=True, stateful=True)(x)
    out = TimeDistributed(Dense(1))(x)
    return Model(inp, out)


x = gen_wave()
y = np.roll(x[..., :1], -1, axis=1)
for cell in ("lstm", "gru"):
    model = stateful_model(cell)
    model.compile(loss="mse", optimizer="rmsprop")
    for epoch in range(2):
        model.fit(x, y, batch_size=batch_size, epochs=1, verbose=0, shuffle=False)
        model.reset_states()
    pred = model.predict(x, batch_size=batch_size, verbose=0)
    print(cell, pred.shape)
