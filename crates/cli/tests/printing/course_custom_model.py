import numpy as np
import tensorflow as tf
from tensorflow import keras
class MLP(keras.Model):
    def __init__(self, hidden, classes):
        super().__init__(name="mlp")
        self.dense1 = keras.layers.Dense(hidden, activation="relu", kernel_initializer="ones")
        self.dense2 = keras.layers.Dense(classes, kernel_initializer="ones")
        self.loss_tracker = keras.metrics.Mean(name="loss")
    def call(self, x, training=None):
        return self.dense2(self.dense1(x))
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            p = self(x, training=True)
            loss = tf.reduce_mean(tf.square(y - p))
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}
    @property
    def metrics(self):
        return [self.loss_tracker]
m = MLP(3, 2)
print(m.name, m.built, isinstance(m, keras.Model))
out = m(np.ones((1, 2), "float32"))
print(out, m.built, len(m.layers), len(m.variables))
m.compile(optimizer=keras.optimizers.SGD(0.01))
h = m.fit(np.ones((4, 2), "float32"), np.zeros((4, 2), "float32"), epochs=3, batch_size=2, verbose=0)
print(["%.4f" % v for v in h.history["loss"]], list(h.history))
print([np.round(w, 3).tolist() for w in m.get_weights()])
print(m.predict(np.zeros((2, 2)), verbose=0).shape)
m.summary()
for v in m.trainable_variables:
    print(v.shape, v.dtype, v.trainable)
