from tensorflow.keras.datasets import imdb
from tensorflow.keras.preprocessing import sequence
from tensorflow.keras.models import Sequential
from tensorflow.keras.layers import Embedding, LSTM, Dense, Bidirectional
import numpy as np
import tensorflow as tf


class FakeImdb:
    """Stands in for imdb.load_data() where there is no network."""

    @staticmethod
    def load_data(num_words=1000, n=48):
        rng = np.random.RandomState(0)
        def part():
            rows = [rng.randint(1, num_words, size=rng.randint(10, 60)).tolist() for _ in range(n)]
            out = np.empty(n, dtype=object)
            out[:] = rows
            return out, rng.randint(0, 2, n)
        return part(), part()


max_features = 1000
maxlen = 40
batch_size = 16

print('Loading data...')
(x_train, y_train), (x_test, y_test) = FakeImdb.load_data(num_words=max_features)
print(len(x_train), 'train sequences')
print(len(x_test), 'test sequences')

print('Pad sequences (samples x time)')
x_train = [list(row) for row in sequence.pad_sequences(x_train, maxlen=maxlen)]
x_test = sequence.pad_sequences(x_test, maxlen=maxlen)
print('x_train length:', len(x_train))
print('x_test shape:', x_test.shape)

print('Build model...')
model = Sequential()
model.add(Embedding(max_features, 16))
model.add(Bidirectional(LSTM(8, dropout=0.2, recurrent_dropout=0.2)))
model.add(Dense(1, activation='sigmoid'))
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])

print('Train...')
model.fit(x_train, y_train, batch_size=batch_size, epochs=1, validation_data=(x_test, y_test), verbose=0)
score, acc = model.evaluate(x_test, y_test, batch_size=batch_size, verbose=0)
print('Test score:', score)
review = "this film was just brilliant casting location scenery story direction".split()
word_index = {w: i + 1 for i, w in enumerate(sorted(set(review)))}
encoded = [word_index[w] for w in review]
padded = sequence.pad_sequences([encoded], maxlen=maxlen)
print(model.predict(padded, verbose=0).shape)
