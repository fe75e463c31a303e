import math
import numpy as np
import tensorflow as tf
import keras
from keras import layers

timesteps, img, ch = 20, 16, 1


class GaussianDiffusion:
    def __init__(self, beta_start=1e-4, beta_end=0.02, timesteps=1000, clip_min=-1.0, clip_max=1.0):
        betas = np.linspace(beta_start, beta_end, timesteps, dtype=np.float64)
        self.num_timesteps = int(timesteps)
        self.clip_min, self.clip_max = clip_min, clip_max
        alphas = 1.0 - betas
        alphas_cumprod = np.cumprod(alphas, axis=0)
        alphas_cumprod_prev = np.append(1.0, alphas_cumprod[:-1])
        c = lambda a: tf.constant(a, dtype=tf.float32)
        self.betas = c(betas)
        self.sqrt_ac = c(np.sqrt(alphas_cumprod))
        self.sqrt_1mac = c(np.sqrt(1.0 - alphas_cumprod))
        posterior_variance = betas * (1.0 - alphas_cumprod_prev) / (1.0 - alphas_cumprod)
        self.log_var = c(np.log(np.maximum(posterior_variance, 1e-20)))
        self.coef1 = c(betas * np.sqrt(alphas_cumprod_prev) / (1.0 - alphas_cumprod))
        self.coef2 = c((1.0 - alphas_cumprod_prev) * np.sqrt(alphas) / (1.0 - alphas_cumprod))

    def _extract(self, a, t, x_shape):
        batch_size = x_shape[0]
        out = tf.gather(a, t)
        return tf.reshape(out, [batch_size, 1, 1, 1])

    def q_sample(self, x_start, t, noise):
        s = tf.shape(x_start)
        return self._extract(self.sqrt_ac, t, s) * x_start + self._extract(self.sqrt_1mac, t, s) * noise

    def p_sample(self, pred_noise, x, t):
        s = tf.shape(x)
        x_recon = (x - self._extract(self.sqrt_1mac, t, s) * pred_noise) / self._extract(self.sqrt_ac, t, s)
        x_recon = tf.clip_by_value(x_recon, self.clip_min, self.clip_max)
        mean = self._extract(self.coef1, t, s) * x_recon + self._extract(self.coef2, t, s) * x
        noise = tf.random.normal(shape=x.shape, dtype=x.dtype)
        nonzero = tf.reshape(1 - tf.cast(tf.equal(t, 0), tf.float32), [s[0], 1, 1, 1])
        return mean + nonzero * tf.exp(0.5 * self._extract(self.log_var, t, s)) * noise


class TimeEmbedding(layers.Layer):
    def __init__(self, dim, **kwargs):
        super().__init__(**kwargs)
        self.dim = dim
        self.half_dim = dim // 2
        self.emb = math.log(10000) / (self.half_dim - 1)
        self.emb = tf.exp(tf.range(self.half_dim, dtype=tf.float32) * -self.emb)

    def call(self, inputs):
        inputs = tf.cast(inputs, dtype=tf.float32)
        emb = inputs[:, None] * self.emb[None, :]
        return tf.concat([tf.sin(emb), tf.cos(emb)], axis=-1)


def res_block(width, groups=4):
    def apply(inputs):
        x, t = inputs
        residual = x if x.shape[3] == width else layers.Conv2D(width, kernel_size=1)(x)
        temb = layers.Dense(width)(keras.activations.swish(t))[:, None, None, :]
        x = layers.GroupNormalization(groups=groups)(x)
        x = keras.activations.swish(x)
        x = layers.Conv2D(width, kernel_size=3, padding="same")(x)
        x = layers.Add()([x, temb])
        x = layers.GroupNormalization(groups=groups)(x)
        x = layers.Conv2D(width, kernel_size=3, padding="same")(keras.activations.swish(x))
        return layers.Add()([x, residual])
    return apply


def unet():
    image = layers.Input((img, img, ch), name="image")
    t_in = layers.Input(shape=(), dtype=tf.int64, name="time")
    x = layers.Conv2D(8, 3, padding="same")(image)
    temb = TimeEmbedding(32)(t_in)
    temb = layers.Dense(32, activation=keras.activations.swish)(temb)
    skips = [x]
    for w in (8, 16):
        x = res_block(w)([x, temb])
        skips.append(x)
        x = layers.Conv2D(w, 3, strides=2, padding="same")(x)
    x = res_block(16)([x, temb])
    for w in (16, 8):
        x = layers.UpSampling2D(size=2, interpolation="nearest")(x)
        x = layers.Concatenate(axis=-1)([x, skips.pop()])
        x = res_block(w)([x, temb])
    x = layers.Conv2D(ch, 3, padding="same", kernel_initializer="zeros")(x)
    return keras.Model([image, t_in], x, name="unet")


class Diffusion(keras.Model):
    def __init__(self, network, ema_network, gdf, ema=0.999):
        super().__init__()
        self.network, self.ema_network, self.gdf, self.ema = network, ema_network, gdf, ema

    def train_step(self, images):
        batch_size = tf.shape(images)[0]
        t = tf.random.uniform(minval=0, maxval=self.gdf.num_timesteps, shape=(batch_size, 1), dtype=tf.int64)
        with tf.GradientTape() as tape:
            noise = tf.random.normal(shape=tf.shape(images), dtype=images.dtype)
            images_t = self.gdf.q_sample(images, t, noise)
            pred = self.network([images_t, t], training=True)
            loss = tf.reduce_mean(tf.square(noise - pred))
        g = tape.gradient(loss, self.network.trainable_weights)
        self.optimizer.apply_gradients(zip(g, self.network.trainable_weights))
        for w, e in zip(self.network.weights, self.ema_network.weights):
            e.assign(self.ema * e + (1 - self.ema) * w)
        return {"loss": loss}

    def generate_images(self, num_images=2):
        samples = tf.random.normal(shape=(num_images, img, img, ch), dtype=tf.float32)
        for t in reversed(range(0, self.gdf.num_timesteps)):
            tt = tf.cast(tf.fill(num_images, t), dtype=tf.int64)
            samples = self.gdf.p_sample(self.ema_network([samples, tt], training=False), samples, tt)
        return samples


network, ema_network = unet(), unet()
ema_network.set_weights(network.get_weights())
model = Diffusion(network, ema_network, GaussianDiffusion(timesteps=timesteps))
model.compile(optimizer=keras.optimizers.Adam(learning_rate=2e-4))
data = tf.data.Dataset.from_tensor_slices(np.random.uniform(-1, 1, (16, img, img, ch)).astype("float32")).batch(8, drop_remainder=True)
model.fit(data, epochs=1, verbose=0)
print(model.generate_images().shape)
