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


q = np.sin(np.arange(2 * 3 * 4) * 0.3).reshape(2, 3, 4).astype("float32")
v = np.cos(np.arange(2 * 5 * 4) * 0.3).reshape(2, 5, 4).astype("float32")
y = np.sin(np.arange(2 * 3)).reshape(2, 3, 1).astype("float32")
iq, iv = keras.Input((3, 4)), keras.Input((5, 4))
a = layers.Attention(use_scale=True)([iq, iv])
b, s = layers.AdditiveAttention()([iq, iv, iv], return_attention_scores=True)
c, cs = layers.MultiHeadAttention(2, 3, value_dim=2, output_shape=4, use_bias=False)(iq, iv, return_attention_scores=True)
d = layers.MultiHeadAttention(1, 4, attention_axes=(1,))(iq, iq, use_causal_mask=True)
out = layers.Dense(1)(layers.Average()([a, b, c, d]))
model = keras.Model([iq, iv], out)
fill(model)
model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.1), "mse")
history = model.fit([q, v], y, batch_size=1, epochs=3, shuffle=False, verbose=0)
prediction = model.predict([q, v], verbose=0)
inner = keras.Model([iq, iv], [s, cs])
outputs = [np.array(t) for t in inner([q, v])]
weights = model.get_weights()
