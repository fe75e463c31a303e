# `training` without a default has to be passed in Keras 3: the call is bound before Keras fills it in.
from tensorflow import keras


class Block(keras.layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.dense = keras.layers.Dense(units)

    def call(self, inputs, training):
        return self.dense(inputs, training=training)


inputs = keras.Input((3,))
print(Block(4)(inputs, training=False).shape)
outputs = Block(4)(inputs)
print(outputs.shape)
