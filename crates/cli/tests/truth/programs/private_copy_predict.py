# A model of TensorFlow's own copy of Keras refuses to predict, too, without being compiled.
import numpy as np
from tensorflow.python.keras.models import Model
from tensorflow.python.keras.layers import Dense, Input

pixels = Input(shape=(4,))
score = Dense(2)(pixels)
model = Model(inputs=pixels, outputs=score)
try:
    model.fit(np.ones((8, 4)), np.ones((8, 2)))
except RuntimeError as error:
    print(error)
print(model.predict(np.ones((3, 4))).shape)
