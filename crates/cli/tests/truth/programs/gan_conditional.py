import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

LATENT, CLASSES = 16, 4


def make_generator():
    z, label = keras.Input((LATENT,)), keras.Input((1,), dtype="int32")
    e = layers.Flatten()(layers.Embedding(CLASSES, 8)(label))
    x = layers.Concatenate()([z, e])
    x = layers.Dense(7 * 7 * 8, activation="relu")(x)
    x = layers.Reshape((7, 7, 8))(x)
    x = layers.Conv2DTranspose(8, 4, strides=2, padding="same", activation="relu")(x)
    x = layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh")(x)
    return keras.Model([z, label], x)


def make_discriminator():
    image, label = keras.Input((28, 28, 1)), keras.Input((1,), dtype="int32")
    e = layers.Dense(28 * 28)(layers.Flatten()(layers.Embedding(CLASSES, 8)(label)))
    x = layers.Concatenate()([image, layers.Reshape((28, 28, 1))(e)])
    x = layers.Conv2D(8, 3, strides=2, padding="same")(x)
    x = layers.LeakyReLU()(x)
    x = layers.Flatten()(x)
    return keras.Model([image, label], layers.Dense(1)(x))


generator, discriminator = make_generator(), make_discriminator()
bce = keras.losses.BinaryCrossentropy(from_logits=True)
g_opt, d_opt = keras.optimizers.Adam(1e-4), keras.optimizers.Adam(1e-4)


@tf.function
def train_step(images, labels):
    noise = tf.random.normal([tf.shape(images)[0], LATENT])
    with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
        fake = generator([noise, labels], training=True)
        real_out = discriminator([images, labels], training=True)
        fake_out = discriminator([fake, labels], training=True)
        g_loss = bce(tf.ones_like(fake_out), fake_out)
        d_loss = bce(tf.ones_like(real_out), real_out) + bce(tf.zeros_like(fake_out), fake_out)
    g_opt.apply_gradients(zip(g_tape.gradient(g_loss, generator.trainable_variables), generator.trainable_variables))
    d_opt.apply_gradients(zip(d_tape.gradient(d_loss, discriminator.trainable_variables), discriminator.trainable_variables))
    return g_loss, d_loss


x = np.random.rand(32, 28, 28, 1).astype("float32")
y = np.random.randint(0, CLASSES, (32, 1)).astype("int32")
ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(32).batch(8, drop_remainder=True)
for images, labels in ds:
    g_loss, d_loss = train_step(images, labels)
print(generator.predict([np.zeros((2, LATENT)), np.zeros((2, 1))], verbose=0).shape)
