"""Rebuilding models from their configurations."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

inputs = keras.Input((12, 3), name="signal")
x = layers.Conv1D(6, 3, padding="causal", activation="relu", name="conv")(inputs)
x = layers.Bidirectional(layers.GRU(5, return_sequences=True), name="both_ways")(x)
x = layers.TimeDistributed(layers.Dense(4), name="per_step")(x)
x = layers.Flatten(name="flat")(x)
outputs = layers.Dense(2, activation="softmax", name="head")(x)
model = keras.Model(inputs, outputs, name="original")

again = keras.Model.from_config(model.get_config())
print(again.name, again.count_params() == model.count_params())
again.set_weights(model.get_weights())
text = model.to_json()
third = keras.models.model_from_json(text)
fourth = keras.models.clone_model(model)
for other in (again, third, fourth):
    print([layer.name for layer in other.layers], other.output_shape)
again.compile("adam", "categorical_crossentropy")
again.fit(np.zeros((6, 12, 3)), np.eye(2)[[0, 1, 0, 1, 0, 1]], epochs=1, verbose=0)
