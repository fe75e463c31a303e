from numpy import loadtxt
import numpy as np
import io
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Dense

text = "\n".join(",".join(str((i * 7 + j * 3) % 11) for j in range(8)) + f",{i % 2}" for i in range(30))
dataset = loadtxt(io.StringIO(text), delimiter=',')
X = dataset[:, 0:8]
y = dataset[:, 8]
model = Sequential()
model.add(Dense(12, input_shape=(8,), activation='relu'))
model.add(Dense(8, activation='relu'))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
model.fit(X, y, epochs=2, batch_size=10, verbose=0)
_, accuracy = model.evaluate(X, y, verbose=0)
print('Accuracy: %.2f' % (accuracy * 100) != '')
predictions = (model.predict([[1, 2, 3, 4, 5, 6, 7, 8]], verbose=0) > 0.5).astype(int)
for i in range(5):
    print('%s => %d (expected %d)' % (X[i].tolist(), predictions[i, 0], y[i]) != '')
