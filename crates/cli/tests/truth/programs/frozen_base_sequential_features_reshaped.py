"""Dogs and cats with a frozen VGG16 below a small head."""
import numpy as np
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.layers import Dense, Dropout, Flatten
from tensorflow.keras.models import Sequential

SIZE = 32
base = VGG16(weights=None, include_top=False, input_shape=(SIZE, SIZE, 3))
base.trainable = False

model = Sequential()
model.add(base)
model.add(Flatten())
model.add(Dense(32, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(1, activation="sigmoid"))
model.summary()
print(len(model.weights), len(model.trainable_weights))

images = preprocess_input(np.random.randint(0, 255, (8, SIZE, SIZE, 3)).astype("float32"))
labels = np.array([0, 1] * 4)
model.compile(loss="binary_crossentropy", optimizer="rmsprop", metrics=["acc"])
model.fit(images, labels, batch_size=4, epochs=1, verbose=0)
features = base.predict(images, verbose=0)
print(features.shape, features.reshape(8, 4 * 4 * 512).shape)
