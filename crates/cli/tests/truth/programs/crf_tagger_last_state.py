import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras import backend as K


class CRF(layers.Layer):
    """A linear chain CRF whose forward algorithm is written with K.rnn."""

    def __init__(self, num_tags, **kwargs):
        super().__init__(**kwargs)
        self.num_tags = num_tags

    def build(self, input_shape):
        self.transitions = self.add_weight(
            name="transitions", shape=(self.num_tags, self.num_tags), initializer="glorot_uniform")
        super().build(input_shape)

    def call(self, inputs):
        return inputs

    def path_score(self, labels, inputs):
        point_score = tf.reduce_sum(tf.reduce_sum(inputs * labels, 2), 1, keepdims=True)
        labels1 = tf.expand_dims(labels[:, :-1], 3)
        labels2 = tf.expand_dims(labels[:, 1:], 2)
        joint = labels1 * labels2
        trans = tf.expand_dims(tf.expand_dims(self.transitions, 0), 0)
        trans_score = tf.reduce_sum(tf.reduce_sum(trans * joint, [2, 3]), 1, keepdims=True)
        return point_score + trans_score

    def log_norm_step(self, inputs, states):
        prev = tf.expand_dims(states[0], 2)
        trans = tf.expand_dims(self.transitions, 0)
        output = tf.reduce_logsumexp(prev + trans, 1) + inputs
        return output, [output]

    def loss(self, y_true, y_pred):
        y_true = tf.one_hot(tf.cast(y_true, tf.int32), self.num_tags)
        init_states = [y_pred[:, 0]]
        log_norm, _, _ = K.rnn(self.log_norm_step, y_pred[:, 1:], init_states)
        log_norm = tf.reduce_logsumexp(log_norm, 1, keepdims=True)
        return log_norm - self.path_score(y_true, y_pred)

    def get_config(self):
        return dict(super().get_config(), num_tags=self.num_tags)


words, tags, maxlen = 50, 5, 12
inp = layers.Input(shape=(maxlen,), dtype="int32")
x = layers.Embedding(words, 16)(inp)
x = layers.Bidirectional(layers.LSTM(8))(x)
x = layers.Dense(tags)(x)
crf = CRF(tags)
out = crf(x)
model = keras.Model(inp, out)
model.compile("adam", loss=crf.loss)
X = np.random.randint(0, words, (20, maxlen))
Y = np.random.randint(0, tags, (20, maxlen))
model.fit(X, Y, batch_size=5, epochs=1, verbose=0)
print(model.layers[-1].get_config()["num_tags"], K.int_shape(out))
