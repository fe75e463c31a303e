import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

q = np.sin(np.arange(6 * 3 * 4) * 0.4).reshape(6, 3, 4).astype("float32")
v = np.cos(np.arange(6 * 5 * 4) * 0.3).reshape(6, 5, 4).astype("float32")
y = np.linspace(-1, 1, 6)
query, value = keras.Input((3, 4)), keras.Input((5, 4))
a = layers.Attention(use_scale=True)([query, value])
b = layers.AdditiveAttention()([query, value])
c, scores = layers.MultiHeadAttention(2, 3, value_dim=2, output_shape=3)(query, value, return_attention_scores=True)
d = layers.MultiHeadAttention(1, 4)(query, query, use_causal_mask=True)
m = layers.Concatenate()([a, b, c, d, layers.Permute((2, 1))(layers.Dense(3)(layers.Permute((2, 1))(query)))])
m = layers.Flatten()(m)
model = keras.Model([query, value], layers.Dense(1)(m))
model.set_weights([0.3 * np.sin(np.arange(w.size) * 0.9 + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
model.compile(keras.optimizers.SGD(0.05), "mse")
history = model.fit([q, v], y, batch_size=2, epochs=3, shuffle=False, verbose=0)
prediction = model.predict([q, v], verbose=0)
weights = model.get_weights()
