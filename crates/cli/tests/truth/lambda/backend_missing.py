import keras
import keras.backend as K
from keras import layers

x = keras.Input((5, 3))
total = layers.Lambda(lambda t: K.sum(t, axis=1))(x)
print(total.shape)
