# adapted idea: density estimation with affine coupling layers
import numpy as np
import tensorflow as tf
from sklearn.datasets import make_moons
from tensorflow import keras
from tensorflow.keras import layers, regularizers

data = make_moons(600, noise=0.05)[0].astype("float32")
norm = layers.Normalization()
norm.adapt(data)
normalized = norm(data)

output_dim = 32
reg = 0.01


def Coupling(input_shape):
    inp = keras.layers.Input(shape=(input_shape,))
    t = inp
    s = inp
    for _ in range(2):
        t = keras.layers.Dense(output_dim, activation="relu", kernel_regularizer=regularizers.l2(reg))(t)
        s = keras.layers.Dense(output_dim, activation="relu", kernel_regularizer=regularizers.l2(reg))(s)
    t = keras.layers.Dense(input_shape, activation="linear", kernel_regularizer=regularizers.l2(reg))(t)
    s = keras.layers.Dense(input_shape, activation="tanh", kernel_regularizer=regularizers.l2(reg))(s)
    return keras.Model(inputs=inp, outputs=[s, t])


class RealNVP(keras.Model):
    def __init__(self, num_coupling_layers):
        super().__init__()
        self.num_coupling_layers = num_coupling_layers
        self.masks = np.array([[0, 1], [1, 0]] * (num_coupling_layers // 2), dtype="float32")[:, None, :, None]
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.layers_list = [Coupling(2) for i in range(num_coupling_layers)]

    @property
    def metrics(self):
        return [self.loss_tracker]

    def log_prob(self, z):
        return -0.5 * tf.reduce_sum(z ** 2, axis=-1) - np.log(2 * np.pi)

    def call(self, x, training=True):
        log_det_inv = 0
        direction = 1
        if training:
            direction = -1
        for i in range(self.num_coupling_layers)[::direction]:
            x_masked = x * self.masks[i]
            reversed_mask = 1 - self.masks[i]
            s, t = self.layers_list[i](x_masked)
            s *= reversed_mask
            t *= reversed_mask
            gate = (direction - 1) / 2
            x = (
                reversed_mask * (x * tf.exp(direction * s) + direction * t * tf.exp(gate * s))
                + x_masked
            )
            log_det_inv += gate * tf.reduce_sum(s, [1])
        return x, log_det_inv

    def log_loss(self, x):
        y, logdet = self(x)
        log_likelihood = self.log_prob(y) + logdet
        return -tf.reduce_mean(log_likelihood)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self.log_loss(data)
        g = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(g, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def test_step(self, data):
        loss = self.log_loss(data)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}


model = RealNVP(num_coupling_layers=4)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.0001))
history = model.fit(normalized, batch_size=128, epochs=2, verbose=0, validation_split=0.2)
z, _ = model(normalized)
samples = np.random.randn(50, 2).astype("float32")
x, _ = model(samples, training=False)
print(z.shape, x.shape)
