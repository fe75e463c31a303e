from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Add, Dense

a = Input((3,), name="left")
b = Input((3,), name="right")
total = Add(name="total")([Dense(2)(a), Dense(2)(b)])
model = Model(a, total)
