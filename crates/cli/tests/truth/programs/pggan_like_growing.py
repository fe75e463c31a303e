"""A small GAN whose generator grows: blocks chosen by a resolution, own training with numpy labels."""
import numpy as np
from tensorflow.keras.models import Sequential, Model
from tensorflow.keras.layers import Dense, Reshape, Conv2DTranspose, Conv2D, LeakyReLU, Flatten, Input, BatchNormalization
from tensorflow.keras.optimizers import Adam

LATENT, RES = 16, 16


def make_generator(res):
    g = Sequential(name="generator")
    g.add(Dense(4 * 4 * 32, input_dim=LATENT))
    g.add(LeakyReLU())
    g.add(Reshape((4, 4, 32)))
    size = 4
    while size < res:
        g.add(Conv2DTranspose(16, 4, strides=2, padding="same"))
        g.add(BatchNormalization())
        g.add(LeakyReLU())
        size *= 2
    g.add(Conv2D(3, 3, padding="same", activation="tanh"))
    return g


def make_critic(res):
    inp = Input((res, res, 3))
    x = inp
    while res > 4:
        x = Conv2D(16, 3, strides=2, padding="same")(x)
        x = LeakyReLU()(x)
        res //= 2
    x = Flatten()(x)
    d = Model(inp, Dense(1, activation="sigmoid")(x), name="critic")
    d.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, beta_1=0.5), metrics=["accuracy"])
    return d


def combine(g, d):
    d.trainable = False
    z = Input((LATENT,))
    gan = Model(z, d(g(z)))
    gan.compile(loss="binary_crossentropy", optimizer=Adam(2e-4, beta_1=0.5))
    return gan


real_images = np.random.uniform(-1, 1, (64, RES, RES, 3)).astype("float32")
g, d = make_generator(RES), make_critic(RES)
gan = combine(g, d)
half = 8
for step in range(3):
    ix = np.random.randint(0, len(real_images), half)
    X_real, y_real = real_images[ix], np.ones((half, 1))
    X_fake, y_fake = g.predict(np.random.randn(half, LATENT), verbose=0), np.zeros((half, 1))
    d_loss1, _ = d.train_on_batch(X_real, y_real)
    d_loss2, _ = d.train_on_batch(X_fake, y_fake)
    g_loss = gan.train_on_batch(np.random.randn(2 * half, LATENT), np.ones((2 * half, 1)))
print(g.output_shape, d.input_shape)
