import re
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
def show(x):
    print(re.sub(r"0x[0-9a-f]+", "0x0", str(x)))
show(layers.Dense(3, name="d"))
m = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="out")], name="seq")
show(m)
show(m.layers)
i = keras.Input((2,), name="i")
f = keras.Model(i, layers.Dense(1, name="o")(i), name="func")
show(f)
show(f.layers)
class Mine(keras.Model):
    def __init__(self):
        super().__init__()
        self.d = layers.Dense(2, name="mine_d")
    def call(self, x):
        return self.d(x)
show(Mine())
class L(layers.Layer):
    pass
show(L(name="own"))
show(keras.optimizers.Adam())
show(keras.optimizers.SGD(0.1, momentum=0.9))
show(keras.losses.MeanSquaredError())
show(keras.losses.CategoricalCrossentropy(from_logits=True))
show(keras.metrics.MeanAbsoluteError())
show(keras.metrics.Accuracy(name="acc"))
show(keras.initializers.GlorotUniform(seed=1))
show(keras.regularizers.L2(0.01))
show(keras.callbacks.EarlyStopping())
show(keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9))
show(keras.activations.relu)
show(layers.Dense(1, activation="relu").activation)
show(type(m))
show(type(layers.Dense(1)))
show(keras.layers.Dense)
show(keras.losses.get("mse"))
m.compile("adam", "mse")
show(m.optimizer)
show(m.loss)
show(keras.Input)
print(m.optimizer.get_config())
print(keras.losses.MeanSquaredError().get_config())
print(layers.Dense(3, activation="relu", name="q").get_config())
