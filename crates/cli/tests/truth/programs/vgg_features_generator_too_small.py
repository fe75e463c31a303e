# Transfer learning from VGG16 with ImageDataGenerator.flow, K2 era
import numpy as np
from tensorflow.keras.applications import VGG16
from tensorflow.keras.applications.vgg16 import preprocess_input
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Flatten, Dense, Dropout
from tensorflow.keras.optimizers import RMSprop
from tensorflow.keras.utils import to_categorical

img_width, img_height = 24, 24
nb_train, nb_val, batch_size = 20, 8, 4
X = np.random.randint(0, 255, (nb_train + nb_val, img_height, img_width, 3)).astype("float32")
y = to_categorical(np.arange(nb_train + nb_val) % 3)
datagen = ImageDataGenerator(preprocessing_function=preprocess_input, rotation_range=20, horizontal_flip=True)
test_datagen = ImageDataGenerator(preprocessing_function=preprocess_input)
train_gen = datagen.flow(X[:nb_train], y[:nb_train], batch_size=batch_size)
val_gen = test_datagen.flow(X[nb_train:], y[nb_train:], batch_size=batch_size, shuffle=False)

conv_base = VGG16(weights=None, include_top=False, input_shape=(img_height, img_width, 3))
conv_base.trainable = False
model = Sequential()
model.add(conv_base)
model.add(Flatten())
model.add(Dense(16, activation="relu"))
model.add(Dropout(0.5))
model.add(Dense(3, activation="softmax"))
model.compile(loss="categorical_crossentropy", optimizer=RMSprop(learning_rate=2e-5), metrics=["acc"])
model.fit(train_gen, steps_per_epoch=nb_train // batch_size, epochs=1, validation_data=val_gen, validation_steps=2, verbose=0)
set_trainable = False
for layer in conv_base.layers:
    if layer.name == "block5_conv1":
        set_trainable = True
    layer.trainable = set_trainable
print(len(model.trainable_weights))
