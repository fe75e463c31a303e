import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.utils import to_categorical
from tensorflow.keras import Model, Input
from tensorflow.keras.layers import LSTM, Embedding, Dense, TimeDistributed, SpatialDropout1D, Bidirectional

sentence_words = [["the", "cat", "visited", "london", "today"],
                  ["anna", "lives", "in", "paris"],
                  ["he", "met", "bob", "and", "anna", "in", "berlin"],
                  ["nothing", "happened"]] * 10
sentence_tags = [["O", "O", "O", "B-geo", "O"],
                 ["B-per", "O", "O", "B-geo"],
                 ["O", "O", "B-per", "O", "B-per", "O", "B-geo"],
                 ["O", "O"]] * 10
rows = []
for n, (ws, ts) in enumerate(zip(sentence_words, sentence_tags)):
    for w, t in zip(ws, ts):
        rows.append({"Sentence #": n, "Word": w, "Tag": t})
data = pd.DataFrame(rows)
words = list(set(data["Word"].values))
words.append("ENDPAD")
num_words = len(words)
tags = list(set(data["Tag"].values))
num_tags = len(tags)
print("Unique words in corpus:", data["Word"].nunique())


class SentenceGetter(object):
    def __init__(self, data):
        self.n_sent = 1
        self.data = data
        agg_func = lambda s: [(w, t) for w, t in zip(s["Word"].values.tolist(), s["Tag"].values.tolist())]
        self.grouped = self.data.groupby("Sentence #").apply(agg_func)
        self.sentences = [s for s in self.grouped]


getter = SentenceGetter(data)
sentences = getter.sentences
word2idx = {w: i + 1 for i, w in enumerate(words)}
tag2idx = {t: i for i, t in enumerate(tags)}
max_len = 8
X = [[word2idx[w[0]] for w in s] for s in sentences]
X = pad_sequences(maxlen=max_len, sequences=X, padding="post", value=num_words - 1)
y = [[tag2idx[w[1]] for w in s] for s in sentences]
y = pad_sequences(maxlen=max_len, sequences=y, padding="post", value=tag2idx["O"])
x_train, x_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=1)

input_word = Input(shape=(max_len,))
model = Embedding(input_dim=num_words + 1, output_dim=10)(input_word)
model = SpatialDropout1D(0.1)(model)
model = Bidirectional(LSTM(units=8, recurrent_dropout=0.1))(model)
out = TimeDistributed(Dense(num_tags, activation="softmax"))(model)
model = Model(input_word, out)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, np.array(y_train), validation_split=0.2, batch_size=8, epochs=1, verbose=0)
i = np.random.randint(0, x_test.shape[0])
p = model.predict(np.array([x_test[i]]), verbose=0)
p = np.argmax(p, axis=-1)
for w, true, pred in zip(x_test[i], y_test[i], p[0]):
    print("{:15}{}\t{}".format(words[w - 1], tags[true], tags[pred]))
