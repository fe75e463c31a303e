from keras.models import Sequential, Model
from keras.layers import Dense, Dropout, Flatten, Conv2D, MaxPooling2D, Input, concatenate, Lambda
from keras.utils import to_categorical
from keras import backend as K
import keras
import numpy as np

np.random.seed(1337)
batch_size = 32
nb_classes = 10
img_rows, img_cols = 28, 28

X_train = np.random.randint(0, 255, (128, 28, 28))
y_train = np.random.randint(0, nb_classes, 128)
X_test, y_test = X_train[:32], y_train[:32]

if K.image_data_format() == "channels_first":
    X_train = X_train.reshape(X_train.shape[0], 1, img_rows, img_cols)
    X_test = X_test.reshape(X_test.shape[0], 1, img_rows, img_cols)
    input_shape = (1, img_rows, img_cols)
else:
    X_train = X_train.reshape(X_train.shape[0], img_rows, img_cols, 1)
    X_test = X_test.reshape(X_test.shape[0], img_rows, img_cols, 1)
    input_shape = (img_rows, img_cols, 1)
X_train = X_train.astype("float32") / 255
X_test = X_test.astype("float32") / 255
Y_train = to_categorical(y_train, nb_classes)
Y_test = to_categorical(y_test, nb_classes)

model = Sequential()
model.add(Conv2D(8, (3, 3), padding="valid", activation="relu", input_shape=input_shape))
model.add(Conv2D(8, (3, 3), activation="relu"))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(32, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(nb_classes, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer="adadelta", metrics=["accuracy"])
model.fit(X_train, Y_train, batch_size=batch_size, epochs=1, verbose=0, validation_data=(X_test, Y_test))
score = model.evaluate(X_test, Y_test, verbose=0)
print("Test accuracy:", len(score))

features = Model(inputs=model.inputs, outputs=model.layers[-2].output)
head = Input(shape=(32,))
scaled = Lambda(lambda t: t / 2.0)(head)
both = concatenate([head, scaled])
classifier = Model(head, Dense(nb_classes, activation="softmax")(both))
classifier.compile(loss="categorical_crossentropy", optimizer="sgd")
classifier.fit(features.predict(X_train, verbose=0), Y_train, verbose=0)
classes = np.argmax(model.predict(X_test, verbose=0), axis=1)
print((classes == y_test).shape)
