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


x = np.sin(np.arange(3 * 6 * 6 * 2) * 0.11).reshape(3, 6, 6, 2).astype("float32")
y = x.mean((1, 2, 3)).reshape(3, 1)
model = keras.Sequential([
    layers.Input((6, 6, 2)),
    layers.Conv2D(4, 3, padding="same", activation=layers.PReLU(shared_axes=[1, 2])),
    layers.GlobalAveragePooling2D(),
    layers.Dense(3, activation=layers.LeakyReLU()),
    layers.Dense(3),
    layers.Activation(layers.PReLU()),
    layers.Dense(1),
])
fill(model)
model.compile(keras.optimizers.SGD(0.1), "mse")
history = model.fit(x, y, batch_size=2, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
outputs = np.array([model.count_params(), len(model.trainable_variables), len(model.layers[0].weights)])
