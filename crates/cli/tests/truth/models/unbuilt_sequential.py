import numpy as np
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

model = Sequential([Dense(4, activation="relu"), Dense(1)])
model.compile("sgd", "mse")
model.fit(np.ones((6, 3)), np.ones((6, 1)), verbose=0)
model.summary()
print([w.shape for w in model.get_weights()])
other = Sequential([Dense(4)])
other.summary()
print(other.layers[0].weights)
