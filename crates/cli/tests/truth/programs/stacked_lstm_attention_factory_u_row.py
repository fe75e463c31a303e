"""Emotion of tweets: GloVe-like matrix, bidirectional LSTM, an attention class from a gist, factories."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras import initializers, regularizers
from tensorflow.keras.layers import Input, Embedding, Bidirectional, LSTM, Dense, Layer, Dropout
from tensorflow.keras.models import Model

MAX_WORDS, MAX_LEN, EMB = 200, 20, 24
CLASSES = ["anger", "joy", "sadness", "fear"]


class AttentionWithContext(Layer):
    def __init__(self, bias=True, return_coefficients=False, **kwargs):
        self.supports_masking = True
        self.init = initializers.get("glorot_uniform")
        self.use_bias = bias
        self.return_coefficients = return_coefficients
        super().__init__(**kwargs)

    def build(self, input_shape):
        size = input_shape[-1]
        self.W = self.add_weight(shape=(size, size), initializer=self.init, name="W")
        if self.use_bias:
            self.b = self.add_weight(shape=(size,), initializer="zeros", name="b")
        self.u = self.add_weight(shape=(1, size), initializer=self.init, name="u")
        super().build(input_shape)

    def compute_mask(self, inputs, mask=None):
        return None

    def call(self, x, mask=None):
        uit = tf.matmul(tf.reshape(x, (-1, x.shape[-1])), self.W)
        uit = tf.reshape(uit, (-1, x.shape[1], x.shape[-1]))
        if self.use_bias:
            uit += self.b
        uit = tf.tanh(uit)
        a = tf.exp(tf.squeeze(tf.tensordot(uit, self.u, axes=1), -1))
        if mask is not None:
            a *= tf.cast(mask, tf.float32)
        a /= tf.reduce_sum(a, axis=1, keepdims=True) + 1e-7
        weighted = x * tf.expand_dims(a, -1)
        result = tf.reduce_sum(weighted, axis=1)
        return [result, a] if self.return_coefficients else result


def build_model(matrix, units=16, attention=True):
    inp = Input((MAX_LEN,))
    x = Embedding(MAX_WORDS, EMB, embeddings_initializer=initializers.Constant(matrix), trainable=False, mask_zero=True)(inp)
    x = Bidirectional(LSTM(units, return_sequences=attention))(x)
    if attention:
        x = AttentionWithContext()(x)
    x = Dropout(0.2)(x)
    x = Dense(len(CLASSES), activation="softmax")(x)
    model = Model(inp, x)
    model.compile("adam", "categorical_crossentropy", metrics=["accuracy"])
    return model


matrix = np.random.normal(size=(MAX_WORDS, EMB))
X = np.random.randint(0, MAX_WORDS, (64, MAX_LEN))
Y = tf.keras.utils.to_categorical(np.arange(64) % 4)
for attention in (True, False):
    model = build_model(matrix, attention=attention)
    model.fit(X, Y, batch_size=16, epochs=1, verbose=0)
print(CLASSES[int(model.predict(X[:1], verbose=0).argmax())] in CLASSES)
