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


x = np.sin(np.outer(np.arange(12), [0.4, 1.3, 2.2, 0.9])).astype("float32")
y = x.sum(axis=1, keepdims=True)
R, K = keras.regularizers, keras.constraints
inp = keras.Input((4,))
h = layers.Dense(6, activation="relu", kernel_regularizer=R.OrthogonalRegularizer(0.05, mode="columns"), kernel_constraint=K.MinMaxNorm(0.4, 0.9, rate=0.5))(inp)
h = layers.ActivityRegularization(l1=0.01, l2=0.02)(h)
h = layers.Dense(4, kernel_constraint=K.NonNeg(), bias_constraint=K.MaxNorm(0.2, axis=0), activity_regularizer="l1")(h)
h = layers.PReLU(alpha_initializer=keras.initializers.Constant(0.2), alpha_regularizer="l2")(h)
h = layers.LeakyReLU()(h)
h = layers.ELU(0.7)(h)
h = layers.Softmax()(h)
model = keras.Model(inp, layers.Dense(1)(h))
fill(model, 0.6)
model.compile(keras.optimizers.RMSprop(0.02, epsilon=1e-3), "mse", metrics=["mse"])
history = model.fit(x, y, batch_size=5, epochs=4, shuffle=False, verbose=0, validation_data=(x[:5], y[:5]))
outputs = {"losses": np.array([float(v) for v in model.losses])}
weights = model.get_weights()
