import numpy as np
from tensorflow.keras.layers import Dense, Input
from tensorflow.keras.models import Sequential

model = Sequential([Input((4,)), Dense(3)])
model.compile("adam", "mse")
try:
    model.fit(np.ones((10, 5)), np.zeros((10, 3)), verbose=0)
except ValueError as error:
    print(error)
model.fit(np.ones((10, 4, 1)), np.zeros((10, 3)), verbose=0)
