from tensorflow.keras import Input
from tensorflow.keras.layers import Dense, Reshape

x = Input((10,))
h = Dense(24)(x)
ok = Reshape((4, 6))(h)
bad = Reshape((5, 5))(h)
