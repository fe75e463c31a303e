import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.sin(np.arange(8 * 12 * 2) * 0.33).reshape(8, 12, 2).astype("float32")
y = np.arange(8) % 2
model = keras.Sequential([
    keras.Input((12, 2)),
    layers.Conv1D(3, 3, padding="causal", dilation_rate=2, activation="relu"),
    layers.ZeroPadding1D(1),
    layers.SeparableConv1D(4, 3, padding="same", activation="tanh"),
    layers.MaxPooling1D(2),
    layers.Conv1DTranspose(3, 3, strides=2, padding="same", activation="relu"),
    layers.AveragePooling1D(3, strides=2, padding="same"),
    layers.Cropping1D((1, 0)),
    layers.UpSampling1D(2),
    layers.Conv1D(2, 5, strides=2, padding="same"),
    layers.GlobalMaxPooling1D(),
    layers.Dense(2, activation="softmax"),
])
model.set_weights([0.5 * np.cos(np.arange(w.size) * 0.77 + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
model.compile(keras.optimizers.Adam(0.01, epsilon=1e-3), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=3, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x, verbose=0)
weights = model.get_weights()
