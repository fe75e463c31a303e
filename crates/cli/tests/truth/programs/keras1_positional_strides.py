"""Keras 1's Convolution2D(8, 3, 3): today the third argument is the strides."""
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Activation, Flatten, Conv2D, MaxPooling2D
from tensorflow.keras.utils import to_categorical

X = np.random.rand(20, 28, 28, 1)
Y = to_categorical(np.random.randint(0, 10, 20), 10)
model = Sequential()
model.add(Conv2D(8, 3, 3, activation='relu', input_shape=(28, 28, 1)))
model.add(Conv2D(8, 3, 3, activation='relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Conv2D(8, 3, 3, activation='relu'))
model.add(Flatten())
model.add(Dense(10, activation='softmax'))
model.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])
model.fit(X, Y, epochs=1)
