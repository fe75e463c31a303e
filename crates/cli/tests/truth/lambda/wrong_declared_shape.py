import numpy as np
import tensorflow as tf
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense, Lambda

x = Input((5, 8))
pooled = Lambda(lambda t: tf.reduce_mean(t, axis=1), output_shape=(5,), name="pool")(x)
out = Dense(3, name="head")(pooled)
model = Model(x, out)
model.compile(optimizer="sgd", loss="mse")
model.fit(np.ones((8, 5, 8), "float32"), np.ones((8, 3), "float32"), epochs=1, verbose=0)
