import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.layers import Input, Lambda, Dense, LSTM, Embedding, TimeDistributed, Flatten
from tensorflow.keras.models import Model, Sequential

VOCAB, STEPS, DIM = 30, 10, 6

def last_steps(n):
    return lambda x: x[:, -n:, :]

def outer(xs):
    a, b = xs
    return tf.einsum("bti,btj->btij", a, b)

def pooled(x, scale=1.0):
    return tf.reduce_mean(x, axis=[2, 3]) * scale

tokens = Input((STEPS,), dtype="int32")
emb = Embedding(VOCAB, DIM)(tokens)
seq = LSTM(DIM, return_sequences=True)(emb)
tail = Lambda(last_steps(4))(seq)
tail_emb = Lambda(last_steps(5))(emb)
prod = Lambda(outer)([tail, tail_emb])
pool = Lambda(pooled, arguments={"scale": 0.5})(prod)
weights = Lambda(lambda v: tf.nn.softmax(v, axis=1))(pool)
context = Lambda(lambda z: tf.reduce_sum(z[0] * z[1][..., None], axis=1))([tail, weights])
logits = Dense(3)(context)
model = Model(tokens, logits)
model.compile(optimizer="rmsprop", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
x = np.random.randint(0, VOCAB, (40, STEPS))
y = np.random.randint(0, 3, (40,))
model.fit(x, y, batch_size=16, epochs=1, verbose=0)
model.evaluate(x, y, verbose=0)
print(model(x[:2]).shape)
