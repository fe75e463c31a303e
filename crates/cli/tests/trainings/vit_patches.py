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

x = np.sin(np.arange(3 * 8 * 8 * 3) * 0.05).reshape(3, 8, 8, 3).astype("float32")
y = np.array([0, 1, 1])
class Patches(layers.Layer):
    def __init__(self, p):
        super().__init__()
        self.p = p
    def call(self, im):
        b = tf.shape(im)[0]
        q = tf.image.extract_patches(images=im, sizes=[1, self.p, self.p, 1], strides=[1, self.p, self.p, 1], rates=[1, 1, 1, 1], padding="VALID")
        return tf.reshape(q, [b, -1, q.shape[-1]])
class Enc(layers.Layer):
    def __init__(self, n, d):
        super().__init__()
        self.n = n
        self.proj = layers.Dense(d)
        self.pos = layers.Embedding(n, d)
    def call(self, p):
        return self.proj(p) + self.pos(tf.range(0, self.n))
inp = keras.Input((8, 8, 3))
t = Enc(4, 6)(Patches(4)(inp))
for _ in range(2):
    a = layers.LayerNormalization(epsilon=1e-6)(t)
    a = layers.MultiHeadAttention(2, 3, dropout=0.0)(a, a)
    b = layers.Add()([a, t])
    m = layers.Dense(6, activation=tf.nn.gelu)(layers.LayerNormalization()(b))
    t = layers.Add()([m, b])
o = layers.Dense(2)(layers.GlobalAveragePooling1D()(t))
model = keras.Model(inp, o)
for i, w in enumerate(model.trainable_variables):
    w.assign(np.reshape(0.3 * np.sin(np.arange(int(np.prod(w.shape))) + i), w.shape))
model.compile(keras.optimizers.AdamW(0.01, weight_decay=0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")])
history = model.fit(x, y, batch_size=2, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
