"""Keras 1 layer arguments under a new import."""
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense, Activation, Flatten, Convolution2D, MaxPooling2D
from tensorflow.keras.utils import to_categorical

X = np.random.rand(20, 28, 28, 1)
Y = to_categorical(np.random.randint(0, 10, 20), 10)
model = Sequential()
model.add(Convolution2D(8, 3, 3, border_mode='valid', input_shape=(28, 28, 1)))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Flatten())
model.add(Dense(10))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer='adadelta', metrics=['accuracy'])
model.fit(X, Y, epochs=1)
