import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)


class Signed(keras.optimizers.SGD):
    def apply_gradients(self, grads_and_vars, *args, **kwargs):
        pairs = [(tf.sign(g) * tf.minimum(tf.abs(g), 0.1), v) for g, v in grads_and_vars]
        return super().apply_gradients(pairs, *args, **kwargs)


x = np.sin(np.arange(24) * 0.31).reshape(8, 3).astype("float32")
y = x[:, :1] - x[:, 1:2]
model = keras.Sequential([layers.Input((3,)), layers.Dense(4, "elu"), layers.Dense(1)])
fill(model)
model.compile(Signed(0.3), "mse")
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
weights = model.get_weights()
