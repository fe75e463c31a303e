"""House prices from a table of numbers, with a split by hand."""
import numpy as np
import tensorflow as tf
from tensorflow.keras.layers import Dense, Input
from tensorflow.keras.models import Model

rng = np.random.default_rng(7)
table = rng.normal(size=(200, 9))
features, prices = table[:, :8], table[:, 8]
cut = int(len(features) * 0.8)
x_train, x_val = features[:cut], features[cut:]
y_train, y_val = prices[:cut], prices[cut:]
mean, std = x_train.mean(axis=0), x_train.std(axis=0)
x_train = (x_train - mean) / std
x_val = (x_val - mean) / std

inputs = Input(shape=(8,))
h = Dense(16, activation="relu")(inputs)
h = Dense(8, activation="relu")(h)
outputs = Dense(1)(h)
model = Model(inputs, outputs)
model.compile(optimizer=tf.keras.optimizers.RMSprop(0.001), loss="mse", metrics=["mae"])
history = model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=2, batch_size=16, verbose=0)
print(sorted(history.history))
predictions = model.predict(x_val[:1], verbose=0).flatten()
print(predictions.shape, float(np.abs(predictions - y_val[:1]).mean()) >= 0)
