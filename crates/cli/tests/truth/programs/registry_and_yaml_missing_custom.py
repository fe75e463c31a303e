import json
import numpy as np
from tensorflow import keras

REGISTRY = {}


def register(name):
    def decorator(cls):
        if name in REGISTRY:
            raise KeyError(f"{name} is registered already")
        REGISTRY[name] = cls
        return cls
    return decorator


@register("gated")
class GatedLinear(keras.layers.Layer):
    def __init__(self, units, gate="sigmoid", **kw):
        super().__init__(**kw)
        self.units = units
        self.gate = keras.activations.get(gate)
        self.value = keras.layers.Dense(units)
        self.gating = keras.layers.Dense(units, activation=self.gate)

    def call(self, x):
        return self.value(x) * self.gating(x)

    def get_config(self):
        return {**super().get_config(), "units": self.units, "gate": keras.activations.serialize(self.gate)}


@register("standardise")
class Standardise(keras.layers.Layer):
    def __init__(self, epsilon=1e-3, **kw):
        super().__init__(**kw)
        self.epsilon = epsilon

    def call(self, x):
        import tensorflow as tf
        mean, var = tf.nn.moments(x, axes=[-1], keepdims=True)
        return (x - mean) / tf.sqrt(var + self.epsilon)

    def get_config(self):
        c = super().get_config()
        c["epsilon"] = self.epsilon
        return c


def layer_from_spec(spec):
    spec = dict(spec)
    kind = spec.pop("kind")
    if kind in REGISTRY:
        return REGISTRY[kind](**spec)
    return getattr(keras.layers, kind)(**spec)


TEXT = """
[{"kind": "gated", "units": 16},
 {"kind": "standardise"},
 {"kind": "Dropout", "rate": 0.1},
 {"kind": "gated", "units": 8, "gate": "tanh"},
 {"kind": "Dense", "units": 3, "activation": "softmax"}]
"""

inputs = keras.Input(shape=(7,), name="features")
x = inputs
for spec in json.loads(TEXT):
    x = layer_from_spec(spec)(x)
model = keras.Model(inputs, x)
model.compile("nadam", "sparse_categorical_crossentropy", metrics=["acc"])
X = np.random.normal(size=(24, 7))
y = np.random.randint(3, size=24)
model.fit(X, y, verbose=0, epochs=1, batch_size=8)
copy = keras.models.clone_model(model)
copy.set_weights(model.get_weights())
again = keras.Model.from_config(model.get_config(), custom_objects={"GatedLinear": GatedLinear})
again.set_weights(model.get_weights())
print(np.allclose(copy.predict(X, verbose=0), again.predict(X, verbose=0)))
