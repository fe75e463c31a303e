import numpy as np
from tensorflow.keras import Input, Model, Sequential
from tensorflow.keras.layers import Concatenate, Dense, Flatten

tower = Sequential([Dense(8, activation="relu"), Dense(4)], name="tower")
a = Input((5,))
b = Input((5,))
joined = Concatenate()([tower(a), tower(b)])
head = Model([a, b], Dense(1)(joined), name="head")
x = Input((2, 5))
left, right = x[:, 0], x[:, 1]
out = head([left, right])
model = Model(x, out)
print(model.count_params())
