from tensorflow.keras import Input
from tensorflow.keras.layers import Concatenate, Conv2D, MaxPooling2D

x = Input((16, 16, 3))
a = Conv2D(4, 3)(x)
b = MaxPooling2D(2)(x)
y = Concatenate()([a, b])
