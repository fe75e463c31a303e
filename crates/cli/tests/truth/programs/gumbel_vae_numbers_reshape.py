import numpy as np
from keras import backend as K
from keras.layers import Input, Dense, Lambda, Activation, Reshape, Flatten
from keras.models import Model
import tensorflow as tf

M, N = 4, 3
tau = tf.Variable(5.0, trainable=False)


def sampling(logits_y):
    U = tf.random.uniform(tf.shape(logits_y), 0, 1)
    y = logits_y - tf.math.log(-tf.math.log(U + 1e-20) + 1e-20)
    y = tf.nn.softmax(tf.reshape(y, (-1, N, M)) / tau)
    y = tf.reshape(y, (-1, N * M))
    return y


x = Input((64,))
h = Dense(32, activation="relu")(x)
logits_y = Dense(M * N)(h)
z = Lambda(sampling, output_shape=(M * N,))(logits_y)
h2 = Dense(32, activation="relu")(z)
x_hat = Dense(64, activation="sigmoid")(h2)
vae = Model(x, x_hat)


class GumbelLoss(tf.keras.layers.Layer):
    def call(self, inputs):
        x, x_hat, logits = inputs
        q = tf.nn.softmax(tf.reshape(logits, (-1, N, M + 1)))
        kl = tf.reduce_sum(q * (tf.math.log(q + 1e-20) - np.log(1.0 / M)), axis=[1, 2])
        rec = 64 * tf.keras.losses.binary_crossentropy(x, x_hat)
        self.add_loss(tf.reduce_mean(rec - kl))
        return x_hat


trainer = Model(x, GumbelLoss()([x, x_hat, logits_y]))
trainer.compile(optimizer="adam")
data = (np.random.rand(128, 64) > 0.5).astype("float32")
for e in range(2):
    trainer.fit(data, shuffle=True, epochs=1, batch_size=32, verbose=0)
    tau.assign(max(float(tau.numpy()) * np.exp(-0.03 * e), 0.1))
encoder = Model(x, Activation("softmax")(Reshape((N, M))(logits_y)))
codes = encoder.predict(data[:5], verbose=0)
print(codes.argmax(-1).shape)
