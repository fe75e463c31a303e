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

x = np.cos(np.arange(8 * 5 * 4) * 0.31).reshape(8, 5, 4).astype("float32")
y = np.stack([x[:, :, 0] > 0, x[:, :, 1] > 0.2], axis=-1).astype("float32")
inp = keras.Input((5, 4))
h = layers.TimeDistributed(layers.Dense(6, activation="softplus"))(inp)
h = layers.BatchNormalization(momentum=0.7, epsilon=1e-2)(h)
h = layers.TimeDistributed(layers.BatchNormalization(center=False))(h)
h = layers.Activation("gelu")(h)
out = layers.TimeDistributed(layers.Dense(2, activation="sigmoid"))(h)
model = keras.Model(inp, out)
for i, w in enumerate(model.trainable_variables):
    n = int(np.prod(w.shape))
    w.assign(np.reshape(0.5 + 0.3 * np.sin(np.arange(n) + i), w.shape))
model.compile("rmsprop", keras.losses.BinaryCrossentropy(label_smoothing=0.1), metrics=["binary_accuracy", keras.metrics.AUC(num_thresholds=20, curve="PR")])
history = model.fit(x, y, batch_size=3, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x[:3], verbose=0)
weights = model.get_weights()
