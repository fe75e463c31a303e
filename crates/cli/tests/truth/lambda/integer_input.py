import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense, Lambda

ids = Input((4,), dtype="int32")
hot = Lambda(lambda t: tf.one_hot(t, 6), name="hot")(ids)
out = Dense(2)(hot)
model = Model(ids, out)
model.summary()
