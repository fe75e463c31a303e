import tensorflow as tf
import numpy as np


class KalmanSmoother(tf.keras.layers.Layer):
    """Runs an exponential smoother over time with tf.scan."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)

    def build(self, input_shape):
        self.features = input_shape[-1]
        self.gain = self.add_weight(name="gain", shape=(self.features,), initializer=tf.keras.initializers.Constant(0.5))

    def call(self, x):
        time_major = tf.transpose(x, [1, 0, 2])

        def step(prev, obs):
            g = tf.sigmoid(self.gain)
            return (1 - g) * prev + g * obs

        out = tf.scan(step, time_major, initializer=time_major[0])
        return tf.transpose(out, [1, 0, 2])


def power_iteration(mat, n=5):
    v = tf.ones([tf.shape(mat)[0], 1])
    cond = lambda i, v: i < n
    body = lambda i, v: [i + 1, tf.linalg.l2_normalize(tf.matmul(mat, v))]
    _, v = tf.while_loop(cond, body, [tf.constant(0), v])
    return tf.squeeze(v, -1)


inp = tf.keras.layers.Input((20, 3))
x = KalmanSmoother()(inp)
x = tf.keras.layers.Flatten()(x)
out = tf.keras.layers.Dense(2)(x)
m = tf.keras.Model(inp, out)
m.compile("sgd", "mse")
X, Y = np.random.rand(30, 20, 3), np.random.rand(30, 2)
m.fit(X, Y, epochs=1, batch_size=10, verbose=0)
w = tf.matmul(m.layers[-1].kernel, m.layers[-1].kernel, transpose_a=True)
print(power_iteration(w).shape)
for g in m.get_weights():
    print(g.shape, g.dtype)
