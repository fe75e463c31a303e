import tensorflow as tf
import numpy as np


class SAMModel(tf.keras.Model):
    def __init__(self, backbone, rho=0.05):
        super().__init__()
        self.backbone = backbone
        self.rho = rho

    def call(self, x, training=False):
        return self.backbone(x, training=training)

    def compute(self, x, y):
        with tf.GradientTape() as tape:
            pred = self(x, training=True)
            loss = self.loss_obj(y, pred)
        return pred, loss, tape.gradient(loss, self.trainable_variables)

    def compile(self, optimizer, loss_obj, **kw):
        super().compile(optimizer=optimizer, **kw)
        self.loss_obj = loss_obj
        self.loss_mean = tf.keras.metrics.Mean("loss")

    def train_step(self, data):
        x, y, sw = data
        pred, loss, grads = self.compute(x, y)
        norm = tf.linalg.global_norm(grads)
        scale = self.rho / (norm + 1e-12)
        eps = [g * scale for g in grads]
        for e, v in zip(eps, self.trainable_variables):
            v.assign_add(e)
        _, _, sharp = self.compute(x, y)
        for e, v in zip(eps, self.trainable_variables):
            v.assign_sub(e)
        sharp, _ = tf.clip_by_global_norm(sharp, 1.0)
        self.optimizer.apply_gradients(zip(sharp, self.trainable_variables))
        self.loss_mean.update_state(loss)
        return {"loss": self.loss_mean.result()}

    def test_step(self, data):
        x, y = data
        self.loss_mean.update_state(self.loss_obj(y, self(x, training=False)))
        return {m.name: m.result() for m in self.metrics}

    @property
    def metrics(self):
        return [self.loss_mean]


(x, y), (xt, yt) = ((np.random.rand(64, 16, 16, 3), np.random.randint(0, 5, (64, 1))), (np.random.rand(16, 16, 16, 3), np.random.randint(0, 5, (16, 1))))
net = tf.keras.Sequential([
    tf.keras.layers.Conv2D(8, 3, padding="same"), tf.keras.layers.GroupNormalization(groups=4),
    tf.keras.layers.Activation("swish"), tf.keras.layers.GlobalMaxPool2D(), tf.keras.layers.Dense(5)])
model = SAMModel(net)
model.compile(tf.keras.optimizers.SGD(0.1, nesterov=True, momentum=0.9), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, y, batch_size=32, epochs=1, validation_data=(xt, yt), verbose=2)
