import numpy as np
from tensorflow.keras import models, layers
from tensorflow.keras.datasets import reuters
from tensorflow.keras.utils import to_categorical
import matplotlib.pyplot as plt

NUM_WORDS = 500


def fake_reuters(n, seed):
    r = np.random.RandomState(seed)
    seqs = [list(r.randint(1, NUM_WORDS, size=r.randint(5, 30))) for _ in range(n)]
    return np.array(seqs, dtype=object), r.randint(0, 46, size=n)


train_data, train_labels = fake_reuters(100, 0)
test_data, test_labels = fake_reuters(40, 1)


def vectorize_sequences(sequences, dimension=NUM_WORDS):
    results = np.zeros((len(sequences), dimension))
    for i, sequence in enumerate(sequences):
        results[i, sequence] = 1.
    return results


def to_one_hot(labels, dimension=46):
    results = np.zeros((len(labels), dimension))
    for i, label in enumerate(labels):
        results[i, label] = 1.
    return results


x_train = vectorize_sequences(train_data)
x_test = vectorize_sequences(test_data, 400)
one_hot_train_labels = to_one_hot(train_labels)
one_hot_test_labels = to_one_hot(test_labels)

model = models.Sequential([
    layers.Dense(64, activation='relu', input_shape=(NUM_WORDS,)),
    layers.Dense(64, activation='relu'),
    layers.Dense(46, activation='softmax'),
])
model.compile(optimizer='rmsprop', loss='categorical_crossentropy', metrics=['accuracy'])

x_val = x_train[:30]
partial_x_train = x_train[30:]
y_val = one_hot_train_labels[:30]
partial_y_train = one_hot_train_labels[30:]
history = model.fit(partial_x_train, partial_y_train, epochs=2, batch_size=32, validation_data=(x_val, y_val), verbose=0)

loss = history.history['loss']
val_loss = history.history['val_loss']
epochs = range(1, len(loss) + 1)
plt.plot(epochs, loss, 'bo', label='Training loss')
plt.plot(epochs, val_loss, 'b', label='Validation loss')
plt.title('Training and validation loss')
plt.legend()
plt.show()
results = model.evaluate(x_test, one_hot_test_labels, verbose=0)
print(results)
predictions = model.predict(x_test, verbose=0)
print(predictions[0].shape, np.sum(predictions[0]), np.argmax(predictions[0]))
