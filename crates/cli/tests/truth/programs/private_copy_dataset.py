# Data sets are refused by models of TensorFlow's own copy of Keras as well.
import tensorflow as tf
from tensorflow.python.keras import Sequential
from tensorflow.python.keras import layers

data = tf.data.Dataset.from_tensor_slices((tf.ones((8, 3)), tf.ones((8, 1)))).batch(4)
model = Sequential([layers.Dense(4), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(data)
