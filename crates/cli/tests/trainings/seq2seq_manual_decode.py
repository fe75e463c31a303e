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

src = (np.arange(6 * 4) * 5 % 7).reshape(6, 4) + 1
tgt = (np.arange(6 * 3) * 3 % 6).reshape(6, 3) + 1
enc_in = keras.Input((None,), dtype="int32")
e = layers.Embedding(9, 4)(enc_in)
_, h, c = layers.LSTM(5, return_state=True)(e)
dec_in = keras.Input((None,), dtype="int32")
demb = layers.Embedding(8, 4)
dl = layers.LSTM(5, return_sequences=True, return_state=True)
dd = layers.Dense(8, "softmax")
d, _, _ = dl(demb(dec_in), initial_state=[h, c])
model = keras.Model([enc_in, dec_in], dd(d))
fill(model, 0.5)
model.compile("rmsprop", "sparse_categorical_crossentropy")
din = np.c_[np.zeros((6, 1), int), tgt[:, :-1]]
history = model.fit([src, din], tgt[..., None], batch_size=3, epochs=3, shuffle=False, verbose=0)
enc = keras.Model(enc_in, [h, c])
hi, ci = keras.Input((5,)), keras.Input((5,))
o, h2, c2 = dl(demb(dec_in), initial_state=[hi, ci])
dec = keras.Model([dec_in, hi, ci], [dd(o), h2, c2])
states = list(enc.predict(src[:2], verbose=0))
tok, out = np.zeros((2, 1), int), []
for _ in range(4):
    p, *states = dec.predict([tok] + states, verbose=0)
    tok = p[:, -1].argmax(-1)[:, None]
    out.append(tok)
outputs = np.concatenate(out, 1)
prediction = model.predict([src, din], verbose=0)
