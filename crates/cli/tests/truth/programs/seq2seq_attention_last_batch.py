"""The same attention model, fed with a last batch that is smaller than the encoder's hidden state."""
import numpy as np
import tensorflow as tf

BATCH = 4
UNITS = 8


class Encoder(tf.keras.Model):
    def __init__(self, vocab, emb, units, batch):
        super().__init__()
        self.batch = batch
        self.units = units
        self.embedding = tf.keras.layers.Embedding(vocab, emb)
        self.gru = tf.keras.layers.GRU(units, return_sequences=True, return_state=True)

    def call(self, x, hidden):
        x = self.embedding(x)
        return self.gru(x, initial_state=hidden)

    def initialize_hidden_state(self):
        return tf.zeros((self.batch, self.units))


class Attention(tf.keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.W1 = tf.keras.layers.Dense(units)
        self.W2 = tf.keras.layers.Dense(units)
        self.V = tf.keras.layers.Dense(1)

    def call(self, query, values):
        score = self.V(tf.nn.tanh(self.W1(tf.expand_dims(query, 1)) + self.W2(values)))
        weights = tf.nn.softmax(score, axis=1)
        return tf.reduce_sum(weights * values, axis=1), weights


encoder = Encoder(20, 6, UNITS, BATCH)
attention = Attention(UNITS)
head = tf.keras.layers.Dense(3)
optimizer = tf.keras.optimizers.Adam()
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)

x = np.random.randint(0, 20, (10, 6))
y = np.random.randint(0, 3, (10,))
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(BATCH)

for batch, (inp, target) in enumerate(dataset):
    with tf.GradientTape() as tape:
        output, state = encoder(inp, encoder.initialize_hidden_state())
        context, _ = attention(state, output)
        loss = loss_fn(target, head(context))
    variables = encoder.trainable_variables + attention.trainable_variables + head.trainable_variables
    optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))
    print(batch, float(loss))
