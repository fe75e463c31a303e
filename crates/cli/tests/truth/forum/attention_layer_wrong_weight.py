import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, models
import tensorflow.keras.backend as K

class AttentionLayer(layers.Layer):
    def __init__(self, units=16, **kwargs):
        super(AttentionLayer, self).__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.W = self.add_weight(name='att_weight', shape=(input_shape[-1], self.units), initializer='glorot_uniform')
        self.b = self.add_weight(name='att_bias', shape=(self.units,), initializer='zeros')
        self.u = self.add_weight(name='att_u', shape=(input_shape[-1], 1), initializer='glorot_uniform')
        super(AttentionLayer, self).build(input_shape)

    def call(self, x):
        v = tf.tanh(tf.tensordot(x, self.W, axes=1) + self.b)
        vu = tf.tensordot(v, self.u, axes=1)
        alphas = tf.nn.softmax(vu, axis=1)
        return tf.reduce_sum(x * alphas, axis=1)

    def get_config(self):
        config = super().get_config()
        config.update({'units': self.units})
        return config

inp = layers.Input(shape=(25,))
x = layers.Embedding(1000, 24)(inp)
x = layers.Bidirectional(layers.GRU(12, return_sequences=True))(x)
x = AttentionLayer(16)(x)
out = layers.Dense(6, activation='softmax')(x)
model = models.Model(inp, out)
model.compile(loss='sparse_categorical_crossentropy', optimizer='adam', metrics=['acc'])
X = np.random.randint(0, 1000, (40, 25))
Y = np.random.randint(0, 6, 40)
model.fit(X, Y, epochs=1, batch_size=10, verbose=0)
model.save('att.keras')
again = models.load_model('att.keras', custom_objects={'AttentionLayer': AttentionLayer})
print(again.predict(X[:3], verbose=0).shape)
