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

x = np.sin(np.arange(6 * 8 * 8) * 0.13).reshape(6, 8, 8, 1).astype("float32")
model = keras.Sequential([
    layers.Input((8, 8, 1)),
    layers.Conv2D(4, 3, strides=2, padding="same", activation="elu"),
    layers.Conv2DTranspose(3, 3, strides=2, padding="same", activation="selu"),
    layers.Conv2DTranspose(1, 3, padding="valid", strides=1, output_padding=None),
    layers.Cropping2D(((1, 1), (0, 2))),
])
for w in model.trainable_variables:
    n = int(np.prod(w.shape))
    w.assign(np.reshape(0.3 * np.cos(np.arange(n) * 0.9), w.shape))
model.compile(optimizer=keras.optimizers.Nadam(0.01, beta_1=0.8), loss=keras.losses.Huber(delta=0.5), metrics=["mae", keras.metrics.RootMeanSquaredError(name="rmse")])
history = model.fit(x, x, batch_size=4, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x[:2], verbose=0)
weights = model.get_weights()
