import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.sin(np.arange(4 * 3 * 5 * 5) * 0.17).reshape(4, 3, 5, 5, 1).astype("float32")
y = x[:, -1] * 0.5
model = keras.Sequential([
    keras.Input((3, 5, 5, 1)),
    layers.ConvLSTM2D(2, 3, padding="same", return_sequences=True),
    layers.TimeDistributed(layers.Conv2D(2, 3, padding="same", activation="relu")),
    layers.ConvLSTM2D(1, 2, padding="same"),
    layers.Conv2D(1, 1),
])
model.set_weights([0.4 * np.cos(np.arange(w.size) * 0.7 + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
model.compile(keras.optimizers.Adam(0.01, epsilon=1e-3), "mse")
history = model.fit(x, y, batch_size=2, epochs=2, shuffle=False, verbose=0)
prediction = model.predict(x[:1], verbose=0)
weights = model.get_weights()
