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


x = np.sin(np.arange(10 * 4 * 6) * 0.13).reshape(10, 4, 6).astype("float32") * 2 + 0.5
y = x[:, 0, :2] - x[:, 3, 4:]
inp = keras.Input((4, 6))
h = layers.BatchNormalization(momentum=0.6, epsilon=1e-2, center=False)(inp)
h = layers.GroupNormalization(groups=3)(h)
h = layers.LayerNormalization(axis=[1, 2], scale=False)(h)
h = layers.UnitNormalization(axis=-1)(h)
h = layers.Flatten()(h)
h = layers.Dense(5)(h)
h = layers.BatchNormalization(name="last_bn")(h)
h = layers.PReLU()(h)
model = keras.Model(inp, layers.Dense(2)(h))
for k, w in enumerate(model.trainable_weights):
    w.assign(0.4 * np.sin(np.arange(np.prod(w.shape)).reshape(w.shape) + k) + 0.5)
model.compile(keras.optimizers.SGD(0.02), "mse")
history = model.fit(x, y, validation_data=(x[:4], y[:4]), epochs=3, batch_size=5, shuffle=False, verbose=0)
model.get_layer("last_bn").trainable = False
model.compile(keras.optimizers.SGD(0.02), "mse")
more = model.fit(x, y, epochs=2, batch_size=5, shuffle=False, verbose=0)
outputs = np.array(more.history["loss"])
prediction = model.predict(x[:3], verbose=0)
weights = model.get_weights()
