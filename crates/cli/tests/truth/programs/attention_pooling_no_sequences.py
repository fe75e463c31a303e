"""Reviews: an attention layer of one's own pools the states of a GRU."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers


class Attention(layers.Layer):
    def __init__(self, return_sequences=False, **kwargs):
        self.return_sequences = return_sequences
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.W = self.add_weight(name="att_weight", shape=(input_shape[-1], 1), initializer="normal")
        self.b = self.add_weight(name="att_bias", shape=(input_shape[1], 1), initializer="zeros")
        super().build(input_shape)

    def call(self, x):
        e = tf.tanh(tf.matmul(x, self.W) + self.b)
        a = tf.nn.softmax(e, axis=1)
        output = x * a
        if self.return_sequences:
            return output
        return tf.reduce_sum(output, axis=1)

    def get_config(self):
        return {**super().get_config(), "return_sequences": self.return_sequences}


maxlen, vocabulary = 20, 300
x_train = np.random.randint(1, vocabulary, (40, maxlen))
y_train = np.random.randint(0, 2, 40)

inputs = keras.Input((maxlen,))
h = layers.Embedding(vocabulary, 16)(inputs)
h = layers.Bidirectional(layers.GRU(8))(h)
h = Attention(name="pool")(h)
h = layers.Dense(8, activation="relu")(h)
outputs = layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)
model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=10, epochs=1, validation_split=0.1, verbose=0)

inner = keras.Model(model.input, model.get_layer("pool").output)
print(inner.predict(x_train[:4], verbose=0).shape)
model.save("reviews.keras")
again = keras.models.load_model("reviews.keras", custom_objects={"Attention": Attention})
print(again.predict(x_train[:2], verbose=0).shape)
