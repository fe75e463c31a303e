# A callback of TensorFlow's own copy of Keras, given to a model of Keras.
import numpy as np
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense
from tensorflow.python.keras.callbacks import EarlyStopping

model = Sequential([Dense(4, input_shape=(3,)), Dense(1)])
model.compile("adam", "mse")
stop = EarlyStopping(monitor="val_loss", patience=2, mode="min", restore_best_weights=True)
history = model.fit(np.ones((20, 3)), np.ones((20, 1)), epochs=4, validation_split=0.2, callbacks=[stop], verbose=0)
print(len(history.history["loss"]))
