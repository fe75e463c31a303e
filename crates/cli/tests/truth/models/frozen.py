import numpy as np
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import BatchNormalization, Dense

x = Input((4,))
h = Dense(6, name="base")(x)
h = BatchNormalization(name="norm")(h)
y = Dense(1, name="top")(h)
model = Model(x, y)
model.get_layer("base").trainable = False
model.compile("adam", "mse")
model.fit(np.ones((8, 4)), np.ones((8, 1)), verbose=0)
model.get_layer("bottom")
