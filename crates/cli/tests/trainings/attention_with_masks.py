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


q = np.sin(np.arange(6 * 4 * 3) * 0.23).reshape(6, 4, 3).astype("float32")
v = np.cos(np.arange(6 * 5 * 3) * 0.31).reshape(6, 5, 3).astype("float32")
vm = (np.arange(30).reshape(6, 5) % 4 != 1)
y = q[:, 0, :1] + v[:, 2, :1]
iq, iv, im = keras.Input((4, 3)), keras.Input((5, 3)), keras.Input((5,), dtype="bool")
a = layers.MultiHeadAttention(2, 3, value_dim=2, output_shape=4)(iq, iv, attention_mask=layers.Reshape((1, 5))(im))
b = layers.MultiHeadAttention(2, 2, attention_axes=(1,), use_bias=False)(iq, iq, use_causal_mask=True)
pq, pv = layers.Dense(4)(iq), layers.Dense(4)(iv)
c = layers.Attention(use_scale=True, score_mode="dot")([pq, pv], mask=[None, im])
d = layers.AdditiveAttention(use_scale=True)([pq, pv], mask=[None, im])
e = layers.Attention(score_mode="concat")([pq, pv, pv])
h = layers.concatenate([a, b, c, d, e])
model = keras.Model([iq, iv, im], layers.Dense(1)(layers.GlobalMaxPooling1D()(h)))
fill(model, 0.5)
model.compile(keras.optimizers.Adam(0.01, epsilon=1e-3), "mse")
history = model.fit([q, v, vm], y, batch_size=3, epochs=3, shuffle=False, verbose=0)
prediction = model.predict([q, v, vm], verbose=0)
weights = model.get_weights()
