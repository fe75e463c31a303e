import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import RNN, GRUCell, LSTMCell, StackedRNNCells, Dense, Input, Concatenate
from tensorflow.keras.models import Model

layers = [35, 35]
num_input_features = num_output_features = 1
steps_in, steps_out = 12, 6


def sine_batches(n):
    t = np.linspace(0, 8 * np.pi, 400)
    s = np.sin(t)[:, None]
    starts = np.random.randint(0, 400 - steps_in - steps_out, n)
    enc = np.stack([s[i:i + steps_in] for i in starts])
    dec = np.stack([s[i + steps_in:i + steps_in + steps_out] for i in starts])
    return enc, np.zeros_like(dec), dec


encoder_inputs = Input(shape=(None, num_input_features))
encoder_cells = [GRUCell(h, recurrent_dropout=0.0) for h in layers]
encoder = RNN(encoder_cells, return_state=True)
encoder_outputs_and_states = encoder(encoder_inputs)
encoder_states = encoder_outputs_and_states[0:]

decoder_inputs = Input(shape=(None, num_output_features))
decoder_cells = [GRUCell(h) for h in layers]
decoder = RNN(decoder_cells, return_sequences=True, return_state=True)
decoder_outputs_and_states = decoder(decoder_inputs, initial_state=encoder_states)
decoder_outputs = decoder_outputs_and_states[0]
decoder_dense = Dense(num_output_features, activation="linear", kernel_regularizer=None)
decoder_outputs = decoder_dense(decoder_outputs)
model = Model(inputs=[encoder_inputs, decoder_inputs], outputs=decoder_outputs)
model.compile(optimizer=tf.keras.optimizers.Adam(0.001), loss="mse")
e, d, t = sine_batches(64)
model.fit([e, d], t, epochs=2, batch_size=16, verbose=0)

encoder_predict_model = Model(encoder_inputs, encoder_states)
states = [Input(shape=(h,)) for h in layers]
out_and_states = decoder(decoder_inputs, initial_state=states)
dec_out = decoder_dense(out_and_states[0])
decoder_predict_model = Model([decoder_inputs] + states, [dec_out] + list(out_and_states[1:]))


def predict(x, n):
    s = encoder_predict_model.predict(x, verbose=0)
    if not isinstance(s, list):
        s = [s]
    y = np.zeros((x.shape[0], 1, 1))
    ys = []
    for _ in range(n):
        y, *s = decoder_predict_model.predict([y] + s, batch_size=8, verbose=0)
        ys.append(y)
    return np.concatenate(ys, axis=1)


print(predict(e[:4], 3).shape)
