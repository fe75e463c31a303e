import numpy as np
from keras import backend as K
from keras.layers import Input, Dense, LSTM, Layer
from keras.models import Model


class Attention(Layer):
    def build(self, input_shape):
        self.W = self.add_weight(name="att_weight", shape=(input_shape[-1], 1), initializer="normal")
        self.b = self.add_weight(name="att_bias", shape=(input_shape[1], 1), initializer="zeros")
        super(Attention, self).build(input_shape)

    def call(self, x):
        import tensorflow as tf
        et = tf.squeeze(tf.tanh(tf.matmul(x, self.W) + self.b), axis=-1)
        at = tf.nn.softmax(et)
        at = tf.expand_dims(at, axis=-1)
        return tf.reduce_sum(x * at, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


inputs = Input(shape=(12, 3))
x = LSTM(10, return_sequences=True)(inputs)
x = Attention()(x)
outputs = Dense(1, trainable=True, activation="tanh")(x)
model = Model(inputs, outputs)
model.compile(loss="mse", optimizer="adam")
model.fit(np.random.rand(32, 12, 3), np.random.rand(32), epochs=1, verbose=0)
print(model.predict(np.random.rand(2, 12, 3), verbose=0).shape)
