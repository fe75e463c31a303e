import keras
import tensorflow as tf
from keras import layers

x = keras.Input((4, 5))
h = layers.Dense(3)(x)
mean = tf.reduce_mean(h, axis=1)
out = layers.Dense(1)(mean)
model = keras.Model(x, out)
print(model.count_params())
