"""Scaled dot product attention written by hand with a look-ahead mask made in a loop."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model, Input

LENGTH, DEPTH, HEADS, VOCAB = 10, 24, 4, 50


def look_ahead(size):
    mask = np.zeros((size, size), dtype="float32")
    for i in range(size):
        for j in range(size):
            if j > i:
                mask[i, j] = 1.0
    return mask


class MultiHead(layers.Layer):
    def __init__(self, depth, heads, **kwargs):
        super().__init__(**kwargs)
        if depth % heads != 0:
            raise ValueError(f"depth {depth} is not a multiple of {heads}")
        self.depth, self.heads, self.size = depth, heads, depth // heads
        self.wq, self.wk, self.wv = layers.Dense(depth), layers.Dense(depth), layers.Dense(depth)
        self.out = layers.Dense(depth)

    def split(self, x):
        x = tf.reshape(x, (-1, LENGTH, self.heads, self.size))
        return tf.transpose(x, [0, 2, 1, 3])

    def call(self, x):
        q, k, v = self.split(self.wq(x)), self.split(self.wk(x)), self.split(self.wv(x))
        scores = tf.matmul(q, k, transpose_b=True) / np.sqrt(self.size)
        scores += look_ahead(LENGTH) * -1e9
        x = tf.matmul(tf.nn.softmax(scores, axis=-1), v)
        x = tf.reshape(tf.transpose(x, [0, 2, 1, 3]), (-1, LENGTH, self.depth))
        return self.out(x)

    def get_config(self):
        return {**super().get_config(), "depth": self.depth, "heads": self.heads}


inp = Input((LENGTH,), dtype="int32")
x = layers.Embedding(VOCAB, DEPTH)(inp)
h = MultiHead(DEPTH, HEADS, name="mha")(x)
x = layers.LayerNormalization(epsilon=1e-6)(x + h)
out = layers.Dense(VOCAB)(x)
model = Model(inp, out)
model.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
tokens = np.random.randint(0, VOCAB, (64, LENGTH + 3))
model.fit(tokens[:, :-1], tokens[:, 1:], epochs=1, batch_size=16, verbose=0)
again = Model.from_config(model.get_config(), custom_objects={"MultiHead": MultiHead})
again.set_weights(model.get_weights())
print(np.allclose(again.predict(tokens[:2, :-1], verbose=0), model.predict(tokens[:2, :-1], verbose=0), atol=1e-4))
