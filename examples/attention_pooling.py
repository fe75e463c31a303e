"""Attention pooling with a layer of its own instead of a Lambda: nothing is wrong here."""

import keras
import numpy as np
from keras import layers, ops


@keras.saving.register_keras_serializable(package="examples")
class AttentionPooling(layers.Layer):
    """Averages the steps of a sequence, weighted by a learned score."""

    def build(self, input_shape):
        self.score = self.add_weight(shape=(input_shape[-1], 1), initializer="glorot_uniform", name="score")

    def call(self, inputs):
        weights = ops.softmax(ops.matmul(inputs, self.score), axis=1)
        return ops.sum(inputs * weights, axis=1)


sequence = keras.Input((10, 100))
pooled = AttentionPooling()(sequence)
label = layers.Dense(1, activation="sigmoid")(pooled)
model = keras.Model(sequence, label)
model.compile(optimizer="adam", loss="binary_crossentropy")
model.fit(np.random.rand(32, 10, 100), np.random.randint(0, 2, (32, 1)), epochs=1)
