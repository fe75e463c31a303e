"""An RBF layer with build and get_config, saved, loaded and cloned."""
import os
import numpy as np
import tensorflow as tf
from tensorflow import keras


class RBF(keras.layers.Layer):
    def __init__(self, units, gamma=1.0, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.gamma = float(gamma)

    def build(self, input_shape):
        self.mu = self.add_weight(name="mu", shape=(int(input_shape[-1]), self.units), initializer="uniform", trainable=True)
        super().build(input_shape)

    def call(self, inputs):
        diff = tf.expand_dims(inputs, -1) - self.mu
        return tf.exp(-self.gamma * tf.reduce_sum(tf.square(diff), axis=1))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], self.units)

    def get_config(self):
        config = super().get_config()
        pass
        return config


X = np.random.randn(90, 4).astype("float32")
y = (X[:, 0] * X[:, 1] > 0).astype("int32")
model = keras.Sequential([keras.layers.Input(shape=(4,)), RBF(10, 0.5), keras.layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(X, y, epochs=1, batch_size=30, verbose=0)
model.save("rbf.keras")
loaded = keras.models.load_model("rbf.keras", custom_objects={"RBF": RBF})
copy = keras.models.clone_model(model)
copy.set_weights(loaded.get_weights())
print(os.path.exists("rbf.keras"), [w.shape for w in copy.get_weights()])
print(np.abs(copy.predict(X, verbose=0) - loaded.predict(X, verbose=0)).max() < 1e-5)
