import numpy as np
import tensorflow as tf
from tensorflow.keras import layers as L
from tensorflow.keras.models import Model

KMIX, OUT = 5, 1


def elu_plus_one(x):
    return tf.nn.elu(x) + 1 + 1e-7


def mdn(inputs, units):
    h = L.Dense(units, activation="tanh")(inputs)
    h = L.Dense(units, activation="tanh")(h)
    mus = L.Dense(KMIX * OUT, name="mus")(h)
    sigmas = L.Dense(KMIX * OUT, activation=elu_plus_one, name="sigmas")(h)
    pis = L.Dense(KMIX, activation="softmax", name="pis")(h)
    return L.Concatenate(name="mdn")([pis, mus, sigmas])


def mdn_loss(y_true, params):
    pi, mu, sigma = tf.split(params, [KMIX, KMIX * OUT, KMIX * OUT], axis=-1)
    y = tf.cast(y_true, params.dtype)
    expo = -0.5 * tf.square((y - mu) / sigma)
    log_prob = tf.math.log(pi + 1e-8) + expo - tf.math.log(sigma) - 0.5 * np.log(2 * np.pi)
    return -tf.reduce_logsumexp(log_prob, axis=-1)


def sample(params, temp=1.0):
    pi, mu, sig = np.split(params, 3, axis=1)
    out = np.empty((len(params), 1))
    for i in range(len(params)):
        p = np.exp(np.log(pi[i] + 1e-12) / temp)
        k = np.random.choice(KMIX, p=p / p.sum())
        out[i] = np.random.normal(mu[i, k], sig[i, k])
    return out


n = 300
y = np.random.uniform(-10.5, 10.5, n)
x = np.sin(0.75 * y) * 7.0 + y * 0.5 + np.random.normal(size=n)
x, y = x.reshape(-1, 1), y.reshape(-1, 1)
inp = L.Input((1,))
model = Model(inp, mdn(inp, 16))
model.compile(optimizer=tf.keras.optimizers.RMSprop(1e-3), loss=mdn_loss)
model.fit(x, y, batch_size=64, epochs=2, verbose=0, validation_split=0.1)
p = model.predict(np.linspace(-10, 10, 25)[:, None], verbose=0)
print(p.shape, sample(p).shape)
