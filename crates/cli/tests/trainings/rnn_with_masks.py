import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)


x = np.sin(np.arange(8 * 6 * 3) * 0.21).reshape(8, 6, 3).astype("float32")
x[2, 4:] = 0.0
x[5, :2] = 0.0
x[6, 1] = 0.0
y = np.cos(np.arange(8)).astype("float32")
inputs = keras.Input((6, 3))
h = layers.Masking(0.0)(inputs)
a = layers.GRU(3, return_sequences=True, recurrent_activation="hard_sigmoid" if False else "sigmoid", use_bias=False)(h)
a = layers.LSTM(3, go_backwards=True, return_sequences=True, unit_forget_bias=False, activation="relu")(a)
b = layers.Bidirectional(layers.GRU(2, return_sequences=True), merge_mode="mul", backward_layer=layers.GRU(2, return_sequences=True, go_backwards=True, activation="elu"))(h)
c = layers.Bidirectional(layers.LSTM(2), merge_mode="ave")(h)
d = layers.SimpleRNN(3, return_sequences=True, unroll=True)(h)
e = layers.TimeDistributed(layers.Dense(2, activation="tanh"))(layers.Concatenate()([a, b, d]))
e = layers.GlobalAveragePooling1D()(e)
model = keras.Model(inputs, layers.Dense(1)(layers.concatenate([e, c])))
fill(model, 0.5)
model.compile(keras.optimizers.Adam(0.01, epsilon=1e-3), "mse")
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
