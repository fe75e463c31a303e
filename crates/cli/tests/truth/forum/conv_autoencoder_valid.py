import keras
from keras import layers
import numpy as np

(x_train, _), (x_test, _) = (np.random.rand(40, 28, 28), None), (np.random.rand(16, 28, 28), None)
x_train = np.reshape(x_train, (len(x_train), 28, 28, 1)).astype('float32')
x_test = np.reshape(x_test, (len(x_test), 28, 28, 1)).astype('float32')

input_img = keras.Input(shape=(28, 28, 1))
x = layers.Conv2D(16, (3, 3), activation='relu', padding='same')(input_img)
x = layers.MaxPooling2D((2, 2), padding='same')(x)
x = layers.Conv2D(8, (3, 3), activation='relu', padding='same')(x)
x = layers.MaxPooling2D((2, 2), padding='same')(x)
x = layers.Conv2D(8, (3, 3), activation='relu', padding='same')(x)
encoded = layers.MaxPooling2D((2, 2), padding='same')(x)
# (4, 4, 8)
x = layers.Conv2D(8, (3, 3), activation='relu', padding='same')(encoded)
x = layers.UpSampling2D((2, 2))(x)
x = layers.Conv2D(8, (3, 3), activation='relu', padding='same')(x)
x = layers.UpSampling2D((2, 2))(x)
x = layers.Conv2D(16, (3, 3), activation='relu')(x)
x = layers.UpSampling2D((2, 2))(x)
decoded = layers.Conv2D(1, (3, 3), activation='sigmoid', padding='same')(x)

autoencoder = keras.Model(input_img, decoded)
encoder = keras.Model(input_img, encoded)
autoencoder.compile(optimizer='adam', loss='binary_crossentropy')
autoencoder.fit(x_train, x_train, epochs=1, batch_size=16, shuffle=True, validation_data=(x_test, x_test), verbose=0)
codes = encoder.predict(x_test, verbose=0).reshape(16, 4 * 4 * 8)
print(codes.shape)
