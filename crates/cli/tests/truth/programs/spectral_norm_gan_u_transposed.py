import argparse
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


class SpectralDense(layers.Layer):
    def __init__(self, units, power_iterations=1, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.power_iterations = power_iterations

    def build(self, input_shape):
        dim = int(input_shape[-1])
        self.w = self.add_weight(name="w", shape=(dim, self.units), initializer="glorot_uniform", trainable=True)
        self.b = self.add_weight(name="b", shape=(self.units,), initializer="zeros", trainable=True)
        self.u = self.add_weight(name="u", shape=(1, self.units), initializer="random_normal", trainable=False)
        super().build(input_shape)

    def _sigma(self):
        u = self.u
        for _ in range(self.power_iterations):
            v = tf.math.l2_normalize(tf.matmul(u, self.w, transpose_b=True))
            u = tf.math.l2_normalize(tf.matmul(v, self.w))
        return tf.squeeze(tf.matmul(tf.matmul(v, self.w), u))

    def call(self, inputs):
        return tf.matmul(inputs, self.w / self._sigma()) + self.b

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units, "power_iterations": self.power_iterations})
        return config


def parse_args(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--latent", type=int, default=8)
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--steps", type=int, default=2)
    return parser.parse_args(argv)


def make_generator(latent, width):
    return keras.Sequential([
        keras.Input(shape=(latent,)),
        layers.Dense(width, activation="relu"),
        layers.Dense(2),
    ], name="generator")


def make_critic(width):
    inp = keras.Input(shape=(2,))
    x = SpectralDense(width)(inp)
    x = layers.LeakyReLU()(x)
    out = SpectralDense(1)(x)
    return keras.Model(inp, out, name="critic")


class Trainer:
    def __init__(self, args):
        self.args = args
        self.g = make_generator(args.latent, args.width)
        self.d = make_critic(args.width)
        self.g_opt = keras.optimizers.Adam(1e-4, beta_1=0.0)
        self.d_opt = keras.optimizers.Adam(1e-4, beta_1=0.0)

    def step(self, real):
        n = real.shape[0]
        z = tf.random.normal((n, self.args.latent))
        with tf.GradientTape() as tape:
            fake = self.g(z, training=True)
            d_loss = tf.reduce_mean(tf.nn.relu(1.0 - self.d(real))) + tf.reduce_mean(tf.nn.relu(1.0 + self.d(fake)))
        grads = tape.gradient(d_loss, self.d.trainable_variables)
        self.d_opt.apply_gradients(zip(grads, self.d.trainable_variables))
        with tf.GradientTape() as tape:
            g_loss = -tf.reduce_mean(self.d(self.g(z, training=True)))
        grads = tape.gradient(g_loss, self.g.trainable_variables)
        self.g_opt.apply_gradients(zip(grads, self.g.trainable_variables))
        return d_loss, g_loss


if __name__ == "__main__":
    args = parse_args([])
    trainer = Trainer(args)
    data = np.random.randn(64, 2).astype("float32")
    for step in range(args.steps):
        batch = data[step * 16:(step + 1) * 16]
        d_loss, g_loss = trainer.step(batch)
        print(f"step {step}: d={float(d_loss):.3f} g={float(g_loss):.3f}")
    print(trainer.d.count_params())
