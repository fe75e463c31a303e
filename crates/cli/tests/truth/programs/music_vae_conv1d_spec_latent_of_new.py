import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model, losses, optimizers, metrics


class Sampling(layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        eps = tf.random.normal(tf.shape(z_mean))
        return z_mean + tf.exp(0.5 * z_log_var) * eps


class Encoder(layers.Layer):
    def __init__(self, latent, name="encoder", **kw):
        super().__init__(name=name, **kw)
        self.c1 = layers.Conv1D(16, 5, strides=2, padding="same", activation="relu")
        self.c2 = layers.Conv1D(32, 5, strides=2, padding="same", activation="relu")
        self.flat = layers.Flatten()
        self.mean = layers.Dense(latent)
        self.log_var = layers.Dense(latent)
        self.sample = Sampling()

    def call(self, x):
        h = self.flat(self.c2(self.c1(x)))
        m, v = self.mean(h), self.log_var(h)
        return m, v, self.sample((m, v))


class Decoder(layers.Layer):
    def __init__(self, steps, mels, name="decoder", **kw):
        super().__init__(name=name, **kw)
        self.steps = steps
        self.d = layers.Dense(steps // 4 * 32, activation="relu")
        self.shape_ = layers.Reshape((steps // 4, 32))
        self.t1 = layers.Conv1DTranspose(32, 5, strides=2, padding="same", activation="relu")
        self.t2 = layers.Conv1DTranspose(mels, 5, strides=2, padding="same", activation="sigmoid")

    def call(self, z):
        return self.t2(self.t1(self.shape_(self.d(z))))


class VAE(Model):
    def __init__(self, steps, mels, latent, beta=1.0, **kw):
        super().__init__(**kw)
        self.encoder, self.decoder, self.beta = Encoder(latent), Decoder(steps, mels), beta
        self.total = metrics.Mean(name="total_loss")
        self.kl = metrics.Mean(name="kl")

    @property
    def metrics(self):
        return [self.total, self.kl]

    def call(self, x):
        m, v, z = self.encoder(x)
        return self.decoder(z)

    def _losses(self, x):
        m, v, z = self.encoder(x)
        y = self.decoder(z)
        rec = tf.reduce_mean(tf.reduce_sum(tf.square(x - y), axis=[1, 2]))
        kl = -0.5 * tf.reduce_mean(tf.reduce_sum(1 + v - tf.square(m) - tf.exp(v), axis=1))
        return rec, kl

    def train_step(self, x):
        with tf.GradientTape() as tape:
            rec, kl = self._losses(x)
            loss = rec + self.beta * kl
        self.optimizer.apply_gradients(zip(tape.gradient(loss, self.trainable_weights), self.trainable_weights))
        self.total.update_state(loss)
        self.kl.update_state(kl)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, x):
        rec, kl = self._losses(x)
        self.total.update_state(rec + kl)
        self.kl.update_state(kl)
        return {m.name: m.result() for m in self.metrics}


STEPS, MELS = 64, 20
specs = np.random.rand(48, STEPS, MELS).astype("float32")
vae = VAE(STEPS, MELS, latent=6, beta=0.5)
vae.compile(optimizer=optimizers.Adam(1e-3))
hist = vae.fit(specs, epochs=2, batch_size=16, validation_data=specs[:16], verbose=0)
print({k: len(v) for k, v in hist.history.items()})
out = vae.predict(specs[:4], verbose=0)
m, v, z = vae.encoder(specs[:4])
new = vae.decoder(tf.random.normal((3, 8)))
print(out.shape, z.shape, new.shape)
