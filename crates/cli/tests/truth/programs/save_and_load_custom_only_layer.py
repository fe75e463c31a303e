import os
import numpy as np
import tensorflow as tf
from tensorflow import keras

class Scale(keras.layers.Layer):
    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1],), initializer='ones', trainable=True, name='scale')
    def call(self, inputs):
        return inputs * self.w * self.factor
    def get_config(self):
        config = super().get_config()
        config.update({'factor': self.factor})
        return config

def rmse(y_true, y_pred):
    return tf.sqrt(tf.reduce_mean(tf.square(y_pred - y_true)))

inputs = keras.Input(shape=(5,))
x = Scale(2.0)(inputs)
x = keras.layers.Dense(8, activation='relu')(x)
outputs = keras.layers.Dense(1)(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer='adam', loss='mse', metrics=[rmse])
X = np.random.rand(50, 5)
Y = X.sum(axis=1, keepdims=True)
model.fit(X, Y, epochs=2, verbose=0)
path = os.path.join('.', 'scaled.keras')
model.save(path)
loaded = keras.models.load_model(path, custom_objects={'Scale': Scale})
np.testing.assert_allclose(model.predict(X, verbose=0), loaded.predict(X, verbose=0), rtol=1e-5)
print(loaded.evaluate(X, Y, verbose=0)[1] >= 0)
