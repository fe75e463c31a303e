import json

import keras
from keras import layers

model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"), layers.BatchNormalization(), layers.Dense(1)])
print(model.layers[0].get_config())
print(model.get_config())
print(model.to_json())
i = keras.Input((4,), name="i")
x = layers.Dense(2, name="d1")(i)
y = layers.Add(name="sum")([x, layers.Dense(2, name="d2")(x)])
f = keras.Model(i, y, name="f")
print(f.get_config()["input_layers"], f.get_config()["output_layers"])
print([layer["class_name"] for layer in f.get_config()["layers"]])
print(json.loads(f.to_json())["config"]["layers"][2])
print(keras.models.model_from_json(f.to_json()).count_params())
print(keras.optimizers.Adam(0.01).get_config())
print(keras.losses.BinaryCrossentropy(from_logits=True).get_config())
print(keras.metrics.SparseTopKCategoricalAccuracy(k=3).get_config())
print(keras.regularizers.l2(0.01).get_config(), keras.initializers.HeNormal().get_config())
print(layers.LSTM(4, return_sequences=True).get_config()["units"], layers.Conv2D(3, (2, 2)).get_config()["kernel_size"])
