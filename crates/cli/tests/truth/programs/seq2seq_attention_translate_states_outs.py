import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Input, LSTM, Embedding, Dense, Dot, Activation, Concatenate, TimeDistributed
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences

pairs = [
    ("go .", "va !"),
    ("i am cold .", "j'ai froid ."),
    ("he runs fast .", "il court vite ."),
    ("we won .", "nous avons gagne ."),
]
eng = [p[0] for p in pairs]
fra = ["<start> " + p[1] + " <end>" for p in pairs]

eng_tok = Tokenizer(filters="")
eng_tok.fit_on_texts(eng)
fra_tok = Tokenizer(filters="")
fra_tok.fit_on_texts(fra)
enc_in = pad_sequences(eng_tok.texts_to_sequences(eng), padding="post")
fra_seq = pad_sequences(fra_tok.texts_to_sequences(fra), padding="post")
dec_in = fra_seq[:, :-1]
dec_out = fra_seq[:, 1:]
num_eng = len(eng_tok.word_index) + 1
num_fra = len(fra_tok.word_index) + 1
max_eng, max_fra = enc_in.shape[1], dec_in.shape[1]

UNITS = 16
encoder_inputs = Input(shape=(max_eng,))
enc_emb = Embedding(num_eng, 12)(encoder_inputs)
encoder_outputs, state_h, state_c = LSTM(UNITS, return_sequences=True, return_state=True)(enc_emb)

decoder_inputs = Input(shape=(max_fra,))
dec_emb = Embedding(num_fra, 12)(decoder_inputs)
decoder_lstm = LSTM(UNITS, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(dec_emb, initial_state=[encoder_outputs, state_c])

scores = Dot(axes=[2, 2])([decoder_outputs, encoder_outputs])
weights = Activation("softmax")(scores)
context = Dot(axes=[2, 1])([weights, encoder_outputs])
combined = Concatenate(axis=-1)([context, decoder_outputs])
hidden = TimeDistributed(Dense(UNITS, activation="tanh"))(combined)
output = TimeDistributed(Dense(num_fra, activation="softmax"))(hidden)

model = Model([encoder_inputs, decoder_inputs], output)
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit([enc_in, dec_in], np.expand_dims(dec_out, -1), batch_size=2, epochs=1, verbose=0)

encoder_model = Model(encoder_inputs, [encoder_outputs, state_h, state_c])
dec_h = Input(shape=(UNITS,))
dec_c = Input(shape=(UNITS,))
enc_o = Input(shape=(max_eng, UNITS))
one = Input(shape=(1,))
emb_layer = model.layers[3] if isinstance(model.layers[3], Embedding) else model.layers[2]
d_out, h2, c2 = decoder_lstm(emb_layer(one), initial_state=[dec_h, dec_c])
decoder_model = Model([one, enc_o, dec_h, dec_c], [d_out, h2, c2])


def translate(row):
    outs, h, c = encoder_model.predict(row[None, :], verbose=0)
    token = np.array([[fra_tok.word_index["<start>"]]])
    words = []
    for _ in range(max_fra):
        d, h, c = decoder_model.predict([token, outs, h, c], verbose=0)
        token = np.array([[int(np.argmax(d[0, -1]))]])
        words.append(token[0, 0])
    return words


print(len(translate(enc_in[0])))
