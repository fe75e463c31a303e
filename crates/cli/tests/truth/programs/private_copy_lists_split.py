# Lists cannot be split for validation: the copy of Keras says so before it refuses data as such.
from tensorflow.python.keras.models import Sequential
from tensorflow.python.keras.layers import Dense

model = Sequential([Dense(1, input_dim=1)])
model.compile(loss="mse", optimizer="adam")
model.fit([1, 2, 3, 4], [2, 4, 6, 8], validation_split=0.25)
