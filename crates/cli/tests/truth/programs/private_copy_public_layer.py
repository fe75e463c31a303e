# A layer of Keras' own is none to the copy of Keras that TensorFlow has.
from tensorflow.python.keras.models import Sequential
from tensorflow.keras.layers import Dense

model = Sequential()
model.add(Dense(8, activation="relu"))
model.add(Dense(1))
