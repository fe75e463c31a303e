import numpy as np
from keras.models import Sequential
from keras.layers import Dense, Conv2D, MaxPooling2D, Flatten, Dropout, Activation
from keras.preprocessing.image import ImageDataGenerator
from keras.utils import to_categorical

x_train = np.random.rand(40, 32, 32, 3)
y_train = to_categorical(np.random.randint(0, 6, 40), 6)
model = Sequential()
model.add(Conv2D(8, (3, 3), padding="same", input_shape=x_train.shape))
model.add(Activation("relu"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(32, activation="relu"))
model.add(Dense(6))
model.add(Activation("softmax"))
model.compile(loss="categorical_crossentropy", optimizer="rmsprop", metrics=["accuracy"])
datagen = ImageDataGenerator(rotation_range=10, horizontal_flip=True)
datagen.fit(x_train)
model.fit(datagen.flow(x_train, y_train, batch_size=8), epochs=1, verbose=0)
scores = model.evaluate(x_train, y_train, verbose=0)
print(len(scores))
