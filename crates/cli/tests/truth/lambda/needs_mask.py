import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense, Embedding, Lambda


def masked_mean(t, mask=None):
    weights = tf.cast(mask, tf.float32)[:, :, None]
    return tf.reduce_sum(t * weights, axis=1) / tf.reduce_sum(weights, axis=1)


tokens = Input((7,), dtype="int32")
vectors = Embedding(20, 5, mask_zero=True)(tokens)
mean = Lambda(masked_mean, name="masked_mean")(vectors)
model = Model(tokens, Dense(1)(mean))
