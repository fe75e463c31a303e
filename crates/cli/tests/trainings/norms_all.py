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


x = np.sin(np.arange(8 * 4 * 6) * 0.13).reshape(8, 4, 6).astype("float32")
y = x.mean((1, 2)).reshape(8, 1)
inp = keras.Input((4, 6))
h = layers.BatchNormalization(axis=1, momentum=0.6, epsilon=1e-2, center=False)(inp)
h = layers.LayerNormalization(axis=[1, 2], epsilon=1e-3)(h)
h = layers.GroupNormalization(groups=3, epsilon=1e-2)(h)
h = layers.UnitNormalization(axis=-1)(h)
bn = layers.BatchNormalization(momentum=0.9, scale=False, beta_initializer="ones", moving_mean_initializer="ones")
bn.trainable = False
h = bn(h)
h = layers.BatchNormalization(momentum=0.8)(h, training=True)
h = layers.BatchNormalization(momentum=0.8)(h, training=False)
out = layers.Dense(1)(layers.Flatten()(h))
model = keras.Model(inp, out)
values = [np.abs(0.4 * np.sin(np.arange(w.size) * 0.7 + i)).reshape(w.shape) + 0.1 for i, w in enumerate(model.get_weights())]
model.set_weights(values)
model.compile(keras.optimizers.SGD(0.05), "mse")
history = model.fit(x, y, batch_size=3, epochs=3, validation_data=(x, y), shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
outputs = np.array(model(x, training=True))
