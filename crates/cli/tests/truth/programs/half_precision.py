"""Mixed precision and a stateful network."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers, mixed_precision

mixed_precision.set_global_policy("mixed_float16")
inputs = keras.Input((16,))
x = layers.Dense(32, activation="relu", name="wide")(inputs)
print(x.dtype, mixed_precision.global_policy().name)
x = layers.Dense(10, name="logits")(x)
outputs = layers.Activation("softmax", dtype="float32", name="predictions")(x)
model = keras.Model(inputs, outputs)
print(outputs.dtype, model.layers[1].kernel.dtype)
model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(np.random.rand(20, 16).astype("float32"), np.random.randint(0, 10, 20), batch_size=10, verbose=0)
mixed_precision.set_global_policy("float32")

series = keras.Input(batch_shape=(4, 6, 2))
hidden = layers.GRU(5, stateful=True, return_sequences=True)(series)
counter = keras.Model(series, layers.Dense(1)(hidden))
counter.compile("sgd", "mse")
counter.fit(np.zeros((8, 6, 2)), np.zeros((8, 6, 1)), batch_size=4, shuffle=False, verbose=0)
counter.layers[1].reset_states() if hasattr(counter.layers[1], "reset_states") else None
print(counter.predict(np.zeros((4, 6, 2)), batch_size=4, verbose=0).shape)
