import numpy as np
import tensorflow as tf
from tensorflow import keras


class Ortho(keras.regularizers.Regularizer):
    def __init__(self, rate):
        self.rate = rate

    def __call__(self, w):
        gram = tf.matmul(w, w, transpose_a=True)
        return self.rate * tf.reduce_sum(tf.square(gram - tf.eye(w.shape[-1])))

    def get_config(self):
        return {"rate": self.rate}


class RowSum(keras.constraints.Constraint):
    def __call__(self, w):
        return w / (1e-3 + tf.reduce_sum(tf.abs(w), axis=0, keepdims=True))


x = np.cos(np.arange(36) * 0.41).reshape(9, 4).astype("float32")
y = x[:, 1:3] * 2
model = keras.Sequential([
    keras.Input((4,)),
    keras.layers.Dense(3, kernel_regularizer=Ortho(0.05), bias_constraint=keras.constraints.NonNeg(), activation="mish" if hasattr(keras.activations, "mish") else "relu"),
    keras.layers.Dense(3, kernel_constraint=RowSum(), activity_regularizer=keras.regularizers.L1L2(0.01, 0.02), bias_regularizer="l2"),
    keras.layers.Dense(2, kernel_constraint=keras.constraints.MinMaxNorm(0.2, 0.8, rate=0.5, axis=0), kernel_regularizer=keras.regularizers.OrthogonalRegularizer(0.02, mode="columns")),
])
for n, v in enumerate(model.trainable_variables):
    v.assign(0.5 * np.sin(np.arange(np.prod(v.shape)) * 1.1 + n).reshape(v.shape))
model.compile(keras.optimizers.SGD(0.1, momentum=0.5), "mse")
history = model.fit(x, y, epochs=4, batch_size=4, shuffle=False, verbose=0)
outputs = np.array([float(l) for l in model.losses])
prediction = model.predict(x[:3], verbose=0)
weights = model.get_weights()
