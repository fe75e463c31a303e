import copy
import numpy as np
import tensorflow as tf
import keras
from keras import layers


def mlp(hidden, out, name):
    return keras.Sequential([
        layers.Dense(hidden),
        layers.BatchNormalization(),
        layers.Activation("relu"),
        layers.Dense(out),
    ], name=name)


def backbone():
    return keras.Sequential([
        layers.Input((32, 32, 3)),
        layers.Conv2D(16, 3, strides=2, activation="relu"),
        layers.Conv2D(32, 3, strides=2, activation="relu"),
        layers.GlobalAveragePooling2D(),
    ])


class BYOL(keras.Model):
    def __init__(self, tau=0.99):
        super().__init__()
        self.tau = tau
        self.online = keras.Sequential([backbone(), mlp(64, 32, "proj")])
        self.target = keras.Sequential([backbone(), mlp(64, 32, "proj_t")])
        self.predictor = mlp(64, 32, "pred")
        self.target.trainable = False
        self.loss_tracker = keras.metrics.Mean(name="loss")

    @property
    def metrics(self):
        return [self.loss_tracker]

    @staticmethod
    def regression_loss(p, z):
        p = tf.math.l2_normalize(p, axis=-1)
        z = tf.math.l2_normalize(z, axis=-1)
        return 2 - 2 * tf.reduce_sum(p * z, axis=2)

    def augment(self, x):
        x = tf.image.random_flip_left_right(x)
        x = tf.image.random_brightness(x, 0.2)
        x = tf.image.random_crop(x, (tf.shape(x)[0], 28, 28, 3))
        return tf.image.resize(x, (32, 32))

    def train_step(self, x):
        v1, v2 = self.augment(x), self.augment(x)
        with tf.GradientTape() as tape:
            p1 = self.predictor(self.online(v1, training=True), training=True)
            p2 = self.predictor(self.online(v2, training=True), training=True)
            z1 = tf.stop_gradient(self.target(v1, training=True))
            z2 = tf.stop_gradient(self.target(v2, training=True))
            loss = tf.reduce_mean(self.regression_loss(p1, z2) + self.regression_loss(p2, z1))
        tv = self.online.trainable_variables + self.predictor.trainable_variables
        grads = tape.gradient(loss, tv)
        self.optimizer.apply_gradients(zip(grads, tv))
        for o, t in zip(self.online.weights, self.target.weights):
            t.assign(self.tau * t + (1 - self.tau) * o)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


x = np.random.rand(64, 32, 32, 3).astype("float32")
byol = BYOL()
byol.compile(optimizer=keras.optimizers.SGD(0.03, momentum=0.9))
hist = byol.fit(x, batch_size=16, epochs=1, verbose=0)
print(hist.history["loss"])
