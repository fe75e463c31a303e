from tensorflow.keras import Input
from tensorflow.keras.layers import Dense

dense = Dense(4, name="shared")
a = dense(Input((3,)))
b = dense(Input((5,)))
