from tensorflow.keras.layers import (Activation, Add, Conv1D, Input, Multiply, Lambda, Dropout)
from tensorflow.keras.models import Model
from tensorflow.keras.utils import plot_model
import numpy as np


def wavenet_block(x, filters, kernel_size, dilation_rate):
    padding = "valid"
    tanh_out = Conv1D(filters, kernel_size, dilation_rate=dilation_rate, padding=padding, activation="tanh")(x)
    sigm_out = Conv1D(filters, kernel_size, dilation_rate=dilation_rate, padding=padding, activation="sigmoid")(x)
    z = Multiply()([tanh_out, sigm_out])
    skip = Conv1D(filters, 1)(z)
    res = Add()([skip, x])
    return res, skip


def build(seq_len=None, n_filters=8, levels=256, dilations=tuple(2 ** i for i in range(4)), stacks=2, predict_steps=14):
    history = Input(shape=(seq_len, 1))
    x = Conv1D(n_filters, 1, padding="same")(history)
    skips = []
    for _ in range(stacks):
        for d in dilations:
            x, skip = wavenet_block(x, n_filters, 2, d)
            skips.append(skip)
    out = Activation("relu")(Add()(skips))
    out = Conv1D(32, 1, padding="same", activation="relu")(out)
    out = Dropout(0.2)(out)
    out = Conv1D(1, 1, padding="same")(out)

    def slice_steps(x, seq_length):
        return x[:, -seq_length:, :]

    pred = Lambda(slice_steps, arguments={"seq_length": predict_steps})(out)
    return Model(history, pred)


model = build()
model.summary()
model.compile("adam", loss="mean_absolute_error")
enc = np.random.rand(40, 60, 1)
dec = np.random.rand(40, 14, 1)
lagged = enc[:, -1:, :1]
train = np.concatenate([enc, lagged * 0 + dec[:, :-1, :1]], axis=1)
history = model.fit(train, dec, batch_size=16, epochs=2, validation_split=0.2, verbose=0)


def predict_sequence(seed):
    seq = seed.copy()
    out = np.zeros((1, 14, 1))
    for i in range(3):
        last = model.predict(seq, verbose=0)[0, -1, 0]
        out[0, i, 0] = last
        seq = np.concatenate([seq, last.reshape(-1, 1, 1)], axis=1)
    return out


print(predict_sequence(enc[:1]).shape)
