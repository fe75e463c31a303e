import numpy as np
import keras
from keras import layers, ops


@keras.saving.register_keras_serializable(package="Blocks")
class GLU(layers.Layer):
    def __init__(self, units, activation="sigmoid", **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation = keras.activations.get(activation)
        self.linear = layers.Dense(units)
        self.gate = layers.Dense(units)

    def build(self, input_shape):
        self.linear.build(input_shape)
        self.gate.build(input_shape)
        self.scale = self.add_weight(shape=(self.units,), initializer="ones", name="scale")
        self.built = True

    def call(self, x):
        return self.scale * self.linear(x) * self.activation(self.gate(x))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.units)

    def get_config(self):
        config = super().get_config()
        config.update(units=self.units, activation=keras.activations.serialize(self.activation))
        return config


@keras.saving.register_keras_serializable(package="Blocks")
class TabNet(keras.Model):
    def __init__(self, blocks, classes, **kwargs):
        super().__init__(**kwargs)
        self.blocks = [GLU(u) for u in blocks]
        self.norm = layers.BatchNormalization()
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, x, training=False):
        x = self.norm(x, training=training)
        for block in self.blocks:
            x = block(x)
        return self.head(x)

    def get_config(self):
        return {"blocks": [b.units for b in self.blocks], "classes": self.head.units + 1}


model = TabNet([16, 8], 3)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
x, y = np.random.rand(30, 7).astype("float32"), np.random.randint(0, 3, 30)
model.fit(x, y, batch_size=10, epochs=1, verbose=0)
config = model.get_config()
twin = TabNet.from_config(config)
twin.build((None, 7))
twin.set_weights(model.get_weights())
model.save("tabnet.keras")
loaded = keras.saving.load_model("tabnet.keras")
print(np.allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-5), len(twin.weights))
