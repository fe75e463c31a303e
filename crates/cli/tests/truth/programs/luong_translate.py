import tensorflow as tf
import numpy as np
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences

pairs = [("i am cold", "j ai froid"), ("you are late", "tu es en retard"), ("we won", "nous avons gagne"), ("go away", "va t en"),
         ("he runs", "il court"), ("come in please", "entrez s il vous plait")]
src = [p[0] for p in pairs]
tgt_in = ["<start> " + p[1] for p in pairs]
tgt_out = [p[1] + " <end>" for p in pairs]
src_tok, tgt_tok = Tokenizer(filters=""), Tokenizer(filters="")
src_tok.fit_on_texts(src)
tgt_tok.fit_on_texts(tgt_in)
tgt_tok.fit_on_texts(tgt_out)
enc_in = pad_sequences(src_tok.texts_to_sequences(src), padding="post")
dec_in = pad_sequences(tgt_tok.texts_to_sequences(tgt_in), padding="post")
dec_out = pad_sequences(tgt_tok.texts_to_sequences(tgt_out), padding="post")
print(enc_in.shape, dec_in.shape, len(src_tok.word_index), len(tgt_tok.word_index))
ds = tf.data.Dataset.from_tensor_slices((enc_in, dec_in, dec_out)).shuffle(20).batch(3)
EMB, RNN = 16, 24


class Encoder(tf.keras.Model):
    def __init__(self, vocab):
        super().__init__()
        self.embedding = tf.keras.layers.Embedding(vocab, EMB)
        self.lstm = tf.keras.layers.LSTM(RNN, return_sequences=True, return_state=True)

    def call(self, sequence, states):
        return self.lstm(self.embedding(sequence), initial_state=states)

    def init_states(self, batch_size):
        return (tf.zeros([batch_size, RNN]), tf.zeros([batch_size, RNN]))


class Luong(tf.keras.layers.Layer):
    def __init__(self, func):
        super().__init__()
        self.func = func
        if func == "general":
            self.wa = tf.keras.layers.Dense(RNN)
        elif func == "concat":
            self.wa = tf.keras.layers.Dense(RNN, activation="tanh")
            self.va = tf.keras.layers.Dense(1)

    def call(self, dec, enc):
        if self.func == "dot":
            score = tf.matmul(dec, enc, transpose_b=True)
        elif self.func == "general":
            score = tf.matmul(dec, self.wa(enc), transpose_b=True)
        else:
            dec = tf.tile(dec, [1, enc.shape[1], 1])
            score = self.va(self.wa(tf.concat((dec, enc), axis=-1)))
            score = tf.transpose(score, [0, 2, 1])
        alignment = tf.nn.softmax(score, axis=2)
        return tf.matmul(alignment, enc), alignment


class Decoder(tf.keras.Model):
    def __init__(self, vocab, func):
        super().__init__()
        self.attention = Luong(func)
        self.embedding = tf.keras.layers.Embedding(vocab, EMB)
        self.lstm = tf.keras.layers.LSTM(RNN, return_sequences=True, return_state=True)
        self.wc = tf.keras.layers.Dense(RNN, activation="tanh")
        self.ws = tf.keras.layers.Dense(vocab)

    def call(self, seq, state, enc):
        out, h, c = self.lstm(self.embedding(seq), initial_state=state)
        context, align = self.attention(out, enc)
        out = tf.concat([tf.squeeze(context, 1), tf.squeeze(out, 1)], 1)
        return self.ws(self.wc(out)), h, c, align


def loss_func(targets, logits):
    ce = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    mask = tf.cast(tf.math.logical_not(tf.math.equal(targets, 0)), dtype=tf.int64)
    return ce(targets, logits, sample_weight=mask)


for func in ("dot", "general", "concat"):
    encoder, decoder = Encoder(len(src_tok.word_index) + 1), Decoder(len(tgt_tok.word_index) + 1, func)
    opt = tf.keras.optimizers.Adam(clipnorm=5.0)
    for batch, (s, ti, to) in enumerate(ds.take(-1)):
        with tf.GradientTape() as tape:
            enc_outputs = encoder(s, encoder.init_states(s.shape[0]))
            state = enc_outputs[1:]
            loss = 0.0
            for i in range(to.shape[1]):
                logit, h, c, _ = decoder(tf.expand_dims(ti[:, i], 1), state, enc_outputs[0])
                state = (h, c)
                loss += loss_func(to[:, i], logit)
        variables = encoder.trainable_variables + decoder.trainable_variables
        opt.apply_gradients(zip(tape.gradient(loss, variables), variables))
    print(func, loss.shape)
