"""An encoder whose states start the decoder, and the two models for inference."""
import numpy as np
from tensorflow.keras.layers import LSTM, Dense, Input
from tensorflow.keras.models import Model

num_encoder_tokens, num_decoder_tokens, latent_dim = 12, 15, 16
max_encoder, max_decoder, samples = 7, 9, 24

encoder_input_data = np.zeros((samples, max_encoder, num_encoder_tokens), dtype="float32")
decoder_input_data = np.zeros((samples, max_decoder, num_decoder_tokens), dtype="float32")
decoder_target_data = np.zeros((samples, max_decoder, num_decoder_tokens), dtype="float32")
for i in range(samples):
    for t in range(max_decoder):
        token = (i + t) % num_decoder_tokens
        decoder_input_data[i, t, token] = 1.0
        if t > 0:
            decoder_target_data[i, t - 1, token] = 1.0

encoder_inputs = Input(shape=(None, num_encoder_tokens))
encoder = LSTM(latent_dim, return_state=True)
encoder_outputs, state_h, state_c = encoder(encoder_inputs)
encoder_states = [state_h, state_c]
decoder_inputs = Input(shape=(None, num_decoder_tokens))
decoder_lstm = LSTM(latent_dim, return_sequences=True, return_state=True)
decoder_outputs, _, _ = decoder_lstm(decoder_inputs, initial_state=encoder_states)
decoder_dense = Dense(num_decoder_tokens, activation="softmax")
decoder_outputs = decoder_dense(decoder_outputs)

model = Model([encoder_inputs, decoder_inputs], decoder_outputs)
model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
model.fit([encoder_input_data, decoder_input_data], decoder_target_data, batch_size=8, epochs=1, validation_split=0.2, verbose=0)

encoder_model = Model(encoder_inputs, encoder_states)
state_input_h, state_input_c = Input(shape=(latent_dim,)), Input(shape=(latent_dim,))
inputs_states = [state_input_h, state_input_c]
outputs, h, c = decoder_lstm(decoder_inputs, initial_state=inputs_states)
decoder_model = Model([decoder_inputs] + inputs_states, [decoder_dense(outputs), h, c])


def decode(sequence, limit=4):
    states = encoder_model.predict(sequence, verbose=0)
    target = np.zeros((1, 1, num_decoder_tokens))
    target[0, 0, 0] = 1.0
    decoded = []
    while len(decoded) < limit:
        tokens, h, c = decoder_model.predict([target] + states, verbose=0)
        index = int(np.argmax(tokens[0, -1, :]))
        decoded.append(index)
        target = np.zeros((1, 1, num_decoder_tokens))
        target[0, 0, index] = 1.0
        states = [h, c]
    return decoded


print(len(decode(encoder_input_data[0])))
