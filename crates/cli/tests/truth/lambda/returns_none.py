import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense, Lambda


def show(t):
    tf.print(tf.shape(t))


x = Input((4,))
h = Lambda(show, name="show")(x)
out = Dense(2)(h)
