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


x = np.sin(np.arange(3 * 4 * 6) * 0.11).reshape(3, 4, 6).astype("float32")
y = np.cos(np.arange(3 * 4)).reshape(3, 4).astype("float32")
inp = keras.Input((4, 6))
if hasattr(layers, "GroupQueryAttention"):
    h = layers.GroupQueryAttention(head_dim=3, num_query_heads=4, num_key_value_heads=2)(inp, inp, use_causal_mask=True)
else:
    h = layers.MultiHeadAttention(4, 3)(inp, inp, use_causal_mask=True)
h = layers.Dropout(0.0)(h)
h = layers.EinsumDense("abc,cd->abd", output_shape=(None, 2), bias_axes="d")(h)
h = layers.Lambda(lambda t: tf.einsum("abc->ab", t))(h)
model = keras.Model(inp, h)
fill(model, 0.4)
model.compile("adam", "mse")
history = model.fit(x, y, epochs=3, batch_size=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
