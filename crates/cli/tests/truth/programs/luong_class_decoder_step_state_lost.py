"""A translation model of two subclassed parts with teacher forcing in its own train_step."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

BATCH, SRC, TGT, UNITS, VOCAB_SRC, VOCAB_TGT = 8, 7, 6, 16, 30, 40


class Encoder(keras.layers.Layer):
    def __init__(self, vocab, units, **kwargs):
        super().__init__(**kwargs)
        self.embedding = keras.layers.Embedding(vocab, units)
        self.gru = keras.layers.GRU(units, return_sequences=True, return_state=True)

    def call(self, tokens):
        return self.gru(self.embedding(tokens))


class Decoder(keras.layers.Layer):
    def __init__(self, vocab, units, **kwargs):
        super().__init__(**kwargs)
        self.embedding = keras.layers.Embedding(vocab, units)
        self.gru = keras.layers.GRU(units, return_sequences=True, return_state=True)
        self.w = keras.layers.Dense(units, use_bias=False)
        self.combine = keras.layers.Dense(units, activation="tanh")
        self.fc = keras.layers.Dense(vocab)

    def call(self, tokens, memory, state):
        h, state = self.gru(self.embedding(tokens), initial_state=state)
        scores = tf.matmul(self.w(h), memory, transpose_b=True)
        context = tf.matmul(tf.nn.softmax(scores, axis=-1), memory)
        return self.fc(self.combine(tf.concat([context, h], axis=-1))), state


class Translator(keras.Model):
    def __init__(self):
        super().__init__()
        self.encoder = Encoder(VOCAB_SRC, UNITS)
        self.decoder = Decoder(VOCAB_TGT, UNITS)
        self.tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.tracker]

    def call(self, data):
        source, target = data
        memory, state = self.encoder(source)
        logits, _ = self.decoder(target, memory, state)
        return logits

    def train_step(self, data):
        source, target = data
        with tf.GradientTape() as tape:
            logits = self((source, target[:, :-1]), training=True)
            real = target[:, 1:]
            mask = tf.cast(tf.not_equal(real, 0), tf.float32)
            loss = keras.losses.sparse_categorical_crossentropy(real, logits, from_logits=True)
            loss = tf.reduce_sum(loss * mask) / tf.reduce_sum(mask)
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.tracker.update_state(loss)
        return {"loss": self.tracker.result()}

    def translate(self, source, start=1, steps=4):
        memory, state = self.encoder(source)
        token = tf.fill([tf.shape(source)[0], 1], start)
        out = []
        for _ in range(steps):
            logits = self.decoder(token, memory, state)
            token = tf.argmax(logits, axis=-1, output_type=tf.int32)
            out.append(token)
        return tf.concat(out, axis=1)


source = np.random.randint(1, VOCAB_SRC, (32, SRC)).astype("int32")
target = np.random.randint(1, VOCAB_TGT, (32, TGT)).astype("int32")
model = Translator()
model.compile(optimizer=keras.optimizers.Adam(1e-3))
model.fit(source, target, batch_size=BATCH, epochs=1, verbose=0)
print(model.translate(tf.constant(source[:3])).shape)
