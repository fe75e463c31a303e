# few-shot classification, 5-way 3-shot
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model, Sequential

N_WAY, K_SHOT, N_QUERY = 5, 3, 4
IMG = (28, 28, 1)


def conv_block(filters):
    return Sequential([
        layers.Conv2D(filters, 3, padding="same"),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPool2D(),
    ])


def encoder():
    inp = layers.Input(IMG)
    x = inp
    for f in (16, 16, 32):
        x = conv_block(f)(x)
    return Model(inp, layers.Flatten()(x), name="encoder")


def euclidean(a, b):
    """a: [n, d], b: [m, d] -> [n, m]"""
    a = tf.expand_dims(a, 0)
    b = tf.expand_dims(b, 0)
    return tf.reduce_sum(tf.square(a - b), axis=-1)


enc = encoder()
enc.summary()
opt = tf.keras.optimizers.Adam(1e-3)


def episode():
    support = np.random.rand(N_WAY, K_SHOT, *IMG).astype(np.float32)
    query = np.random.rand(N_WAY, N_QUERY, *IMG).astype(np.float32)
    return support, query


@tf.function
def train_step(support, query):
    with tf.GradientTape() as tape:
        s = enc(tf.reshape(support, (-1,) + IMG), training=True)
        s = tf.reshape(s, (N_WAY, K_SHOT, -1))
        protos = tf.reduce_mean(s, axis=1)
        q = enc(tf.reshape(query, (-1,) + IMG), training=True)
        logits = -euclidean(q, protos)
        labels = tf.repeat(tf.range(N_WAY), N_QUERY)
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits))
        acc = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, -1, output_type=tf.int32), labels), tf.float32))
    g = tape.gradient(loss, enc.trainable_variables)
    opt.apply_gradients(zip(g, enc.trainable_variables))
    return loss, acc


for i in range(2):
    s, q = episode()
    loss, acc = train_step(s, q)
    tf.print("episode", i, loss, acc)
