import numpy as np
import tensorflow as tf
from tensorflow import keras


class CustomModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            y_pred = self(x, training=True)
            loss = self.compute_loss(y=y, y_pred=y_pred)
        trainable_vars = self.trainable_variables
        gradients = tape.gradient(loss, trainable_vars)
        self.optimizer.apply(gradients, trainable_vars)
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


keras.utils.set_random_seed(0)
inputs = keras.Input((32,))
model = CustomModel(inputs, keras.layers.Dense(1, kernel_initializer="ones")(inputs))
model.compile(optimizer=keras.optimizers.SGD(0.001), loss="mse", metrics=["mae"])
x, y = np.ones((64, 32)) / 32, np.zeros((64, 1))
history = model.fit(x, y, epochs=2, verbose=0, shuffle=False)
print({k: [round(float(v), 5) for v in vs] for k, vs in sorted(history.history.items())})
print([m.name for m in model.metrics], history.history["mae"][0] > 0)
