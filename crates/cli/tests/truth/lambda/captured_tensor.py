from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense, Lambda

a = Input((4,))
b = Input((4,))
h = Dense(4)(a)
mixed = Lambda(lambda t: t * b)(h)
model = Model([a, b], mixed)
