"""Attention over time by Lambda layers: Permute, RepeatVector, multiply and a sum, on sine waves with an event."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Flatten, Input, Lambda, LSTM, Multiply, Permute, RepeatVector, Activation
from tensorflow.keras.models import Model

TIME_STEPS, INPUT_DIM, UNITS = 20, 2, 32
np.random.seed(1337)


def get_data_recurrent(n, time_steps, input_dim, attention_column=10):
    x = np.random.standard_normal(size=(n, time_steps, input_dim))
    y = np.random.randint(low=0, high=2, size=(n, 1))
    x[:, attention_column, :] = np.tile(y[:], (1, input_dim))
    return x, y


def attention_3d_block(hidden_states):
    hidden_size = int(hidden_states.shape[2])
    score_first_part = Dense(hidden_size, use_bias=False, name="attention_score_vec")(hidden_states)
    h_t = Lambda(lambda x: x[:, -1, :], output_shape=(hidden_size,), name="last_hidden_state")(hidden_states)
    score = Lambda(lambda ab: K.batch_dot(ab[0], ab[1], axes=[2, 1]), name="attention_score",
                   output_shape=(TIME_STEPS,))([score_first_part, h_t])
    attention_weights = Activation("softmax", name="attention_weight")(score)
    context_vector = Lambda(lambda ab: K.sum(ab[0] * ab[1], axis=1), name="context_vector",
                            output_shape=(hidden_size,))([hidden_states, attention_weights])
    pre_activation = tf.keras.layers.concatenate([context_vector, h_t], name="attention_output")
    return Dense(64, use_bias=False, activation="tanh", name="attention_vector")(pre_activation)


i = Input(shape=(TIME_STEPS, INPUT_DIM))
x = LSTM(UNITS, return_sequences=True)(i)
x = attention_3d_block(x)
o = Dense(1, activation="sigmoid")(x)
model = Model(inputs=[i], outputs=[o])
model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])

inputs, outputs = get_data_recurrent(64, TIME_STEPS, INPUT_DIM)
model.fit([inputs], outputs, epochs=1, batch_size=16, validation_split=0.25, verbose=0)
attention = Model(inputs=model.input, outputs=[model.output, model.get_layer("attention_weight").output])
out, weights = attention.predict(inputs[:4], verbose=0)
print(out.shape, weights.shape, weights.argmax(axis=1).shape)
