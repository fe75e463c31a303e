import keras
from keras import layers, ops

x = keras.Input((6, 8))
w = ops.ones((7, 3))
y = layers.Lambda(lambda t: ops.matmul(t, w), name="project")(x)
model = keras.Model(x, y)
