import numpy as np
import tensorflow as tf
from tensorflow.keras import Sequential
from tensorflow.keras.layers import Dense, Dropout, BatchNormalization, Input
from tensorflow.keras.callbacks import EarlyStopping


def cox_loss(y_true, y_pred):
    """Negative partial log likelihood; y_true = [time, event]."""
    time = y_true[:, 0]
    event = y_true[:, 1]
    order = tf.argsort(time, direction="DESCENDING")
    risk = tf.gather(tf.reshape(y_pred, [-1]), order)
    event = tf.gather(event, order)
    log_cum = tf.math.cumulative_logsumexp(risk)
    ll = (risk - log_cum) * event
    return -tf.reduce_sum(ll) / (tf.reduce_sum(event) + 1e-8)


def concordance(y_true, y_pred):
    t = y_true[:, 0]
    e = tf.cast(y_true[:, 1], tf.bool)
    r = y_pred[:, 0]
    comparable = (t[:, None] < t[None, :]) & e[:, None]
    correct = comparable & (r[:, None] > r[None, :])
    n = tf.reduce_sum(tf.cast(comparable, tf.float32))
    return tf.math.divide_no_nan(tf.reduce_sum(tf.cast(correct, tf.float32)), n)


def simulate(n, p):
    x = np.random.normal(size=(n, p))
    t = np.random.exponential(np.exp(-x[:, 0]))
    c = np.random.exponential(1.0, size=n)
    return x.astype("float32"), np.stack([np.minimum(t, c), (t <= c).astype(float)], axis=1).astype("float32")


X, Y = simulate(400, 6)
Xv, Yv = simulate(100, 6)
net = Sequential([
    Input((6,)),
    Dense(32, activation="selu", kernel_initializer="lecun_normal"),
    BatchNormalization(),
    Dropout(0.1),
    Dense(1, use_bias=False),
])
net.compile(optimizer="nadam", loss=cox_loss, metrics=[concordance])
net.fit(X, Y, batch_size=100, epochs=3, verbose=0, validation_data=(Xv, Yv),
        callbacks=[EarlyStopping("val_loss", patience=2)])
hr = np.exp(net.predict(Xv).ravel())
print("hazard ratios", hr.min() > 0)
