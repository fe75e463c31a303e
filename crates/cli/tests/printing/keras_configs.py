import json
import pprint
from tensorflow import keras
from tensorflow.keras import layers
for l in [layers.Dense(3, activation="relu", name="d"), layers.Dropout(0.5, name="dr"), layers.Conv2D(4, 3, padding="same", name="c"), layers.Flatten(name="f"), layers.LSTM(5, return_sequences=True, name="l"), layers.Embedding(10, 4, name="e"), layers.BatchNormalization(name="b"), layers.MaxPooling2D(name="m"), layers.Concatenate(name="k"), layers.Activation("tanh", name="a"), layers.Reshape((2, 2), name="r"), layers.GlobalAveragePooling2D(name="g"), layers.LayerNormalization(name="ln"), layers.ReLU(name="re"), layers.Add(name="ad"), layers.InputLayer((3,), name="in") if False else layers.ZeroPadding2D(name="z"), layers.RepeatVector(3, name="rv"), layers.Permute((2, 1), name="pe"), layers.MultiHeadAttention(2, 4, name="mha")]:
    print(l.get_config())
for o in [keras.optimizers.Adam(), keras.optimizers.SGD(0.1, momentum=0.9, nesterov=True), keras.optimizers.RMSprop(1e-4)]:
    print(o.get_config(), o.name)
for q in [keras.losses.MeanSquaredError(), keras.losses.CategoricalCrossentropy(from_logits=True), keras.losses.Huber(2.0), keras.metrics.Mean(name="m"), keras.metrics.SparseCategoricalAccuracy(), keras.metrics.AUC(name="auc") if False else keras.metrics.MeanAbsoluteError(), keras.regularizers.L2(0.01), keras.initializers.HeNormal(seed=3), keras.initializers.Constant(2.0), keras.constraints.MaxNorm(3), keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)]:
    print(type(q).__name__, q.get_config())
m = keras.Sequential([keras.Input((4,), name="i"), layers.Dense(3, name="a"), layers.Dense(1, name="b")], name="s")
c = m.get_config()
print(c["name"], list(c), len(c["layers"]))
pprint.pprint(c["layers"][1])
pprint.pprint(c)
print(json.loads(m.to_json())["class_name"], sorted(json.loads(m.to_json())))
print(m.to_json())
x = keras.Input((2,), name="x"); f = keras.Model(x, layers.Dense(2, name="o")(x), name="f")
pprint.pprint(f.get_config())
print(keras.layers.serialize(layers.Dense(1, name="q")))
print(keras.losses.serialize(keras.losses.MeanSquaredError()), keras.activations.serialize(keras.activations.relu), keras.initializers.serialize(keras.initializers.Zeros()))
print(keras.Sequential.from_config(c).name, layers.Dense.from_config({"units": 3, "name": "n"}).units, layers.Dense(4, kernel_regularizer="l2", name="w").get_config()["kernel_regularizer"])
