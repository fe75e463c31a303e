import numpy as np
from tensorflow.keras.layers import Dense, Dropout, Flatten
from tensorflow.keras.models import Sequential

model = Sequential()
model.add(Flatten(input_shape=(4, 4)))
model.add(Dense(8, activation="relu"))
model.add(Dropout(0.2))
model.add(Dense(3, activation="softmax"))
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
x = np.zeros((12, 4, 4), "float32")
y = np.zeros((12,), "int64")
model.fit(x, y, epochs=1, batch_size=4, verbose=0)
print(model.evaluate(x, y, verbose=0))
model.add(Dense(5, name="dense"))
