"""Word numbers of random lengths made multi-hot by hand, as in the book's IMDB chapter."""
import numpy as np
from tensorflow.keras import layers, models

rng = np.random.default_rng(11)
WORDS = 200


def fake_data(count):
    docs = np.empty(count, dtype=object)
    for i in range(count):
        docs[i] = list(rng.integers(1, WORDS, size=rng.integers(10, 50)))
    return docs, rng.integers(0, 2, size=count)


train_docs, train_y = fake_data(80)
test_docs, test_y = fake_data(20)


def vectorize(sequences, dimension):
    out = np.zeros((len(sequences), dimension), dtype="float32")
    for i, seq in enumerate(sequences):
        out[i, seq] = 1.0
    return out


x_train, x_test = vectorize(train_docs, WORDS), vectorize(test_docs, WORDS)
model = models.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")])
model.compile(optimizer="rmsprop", loss="binary_crossentropy", metrics=["accuracy"])
model.fit(x_train, train_y.astype("float32"), epochs=1, batch_size=16, verbose=0)
print(model.evaluate(x_test, test_y.astype("float32"), verbose=0)[0] > 0)
