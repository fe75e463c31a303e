import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Layer, LSTM, LSTMCell, Dense, Input
from tensorflow.keras.models import Model

SEQ, HID = 6, 16


class Pointer(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.W1 = Dense(units, use_bias=False)
        self.W2 = Dense(units, use_bias=False)
        self.V = Dense(1, use_bias=False)

    def call(self, enc, dec):
        score = self.V(tf.nn.tanh(self.W1(enc) + self.W2(tf.expand_dims(dec, 1))))
        return tf.nn.softmax(tf.squeeze(score, 1), axis=-1)


class Decoder(Layer):
    def __init__(self, units, steps, **kwargs):
        super().__init__(**kwargs)
        self.cell = LSTMCell(units)
        self.pointer = Pointer(units)
        self.steps = steps

    def call(self, enc_out, h, c):
        outputs = []
        inp = tf.zeros_like(enc_out[:, 0])
        states = [h, c]
        for _ in range(self.steps):
            out, states = self.cell(inp, states)
            probs = self.pointer(enc_out, out)
            outputs.append(probs)
            inp = tf.einsum("bs,bsh->bh", probs, enc_out)
        return tf.stack(outputs, axis=1)


main_input = Input(shape=(SEQ, 1), name="main_input")
enc, h, c = LSTM(HID, return_sequences=True, return_state=True, name="encoder")(main_input)
dec = Decoder(HID, SEQ, name="ptr")(enc, h, c)
model = Model(main_input, dec)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
x = np.random.rand(64, SEQ, 1)
y = np.argsort(x[..., 0], axis=1)
model.fit(x, y, epochs=1, batch_size=32, verbose=0)
order = model.predict(x[:4], verbose=0).argmax(-1)
print(order.shape, model.count_params())
