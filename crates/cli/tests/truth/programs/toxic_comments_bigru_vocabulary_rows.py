import numpy as np
import pandas as pd
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.models import Model
from tensorflow.keras.layers import (Input, Embedding, SpatialDropout1D, Bidirectional, GRU, Dense,
                                     GlobalAveragePooling1D, GlobalMaxPooling1D, concatenate)
from tensorflow.keras.callbacks import Callback
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

np.random.seed(7)
words = ["you", "are", "nice", "bad", "awful", "great", "person", "idea", "what", "a", "day", "stupid"]
LABELS = ["toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate"]
train = pd.DataFrame({"comment_text": [" ".join(np.random.choice(words, size=9)) for _ in range(120)]})
for c in LABELS:
    train[c] = np.random.randint(0, 2, size=len(train))

X_train = train["comment_text"].fillna("fillna").values
y_train = train[LABELS].values

max_features = 40
maxlen = 20
embed_size = 16

tokenizer = Tokenizer(num_words=max_features)
tokenizer.fit_on_texts(list(X_train))
X_train = tokenizer.texts_to_sequences(X_train)
x_train = pad_sequences(X_train, maxlen=maxlen)

embeddings_index = {w: np.random.normal(size=embed_size).astype("float32") for w in words[:8]}
word_index = tokenizer.word_index
nb_words = min(max_features, len(word_index))
embedding_matrix = np.zeros((nb_words, embed_size))
for word, i in word_index.items():
    if i >= max_features:
        continue
    embedding_vector = embeddings_index.get(word)
    if embedding_vector is not None:
        embedding_matrix[i] = embedding_vector


class RocAucEvaluation(Callback):
    def __init__(self, validation_data=(), interval=1):
        super(Callback, self).__init__()
        self.interval = interval
        self.X_val, self.y_val = validation_data

    def on_epoch_end(self, epoch, logs={}):
        if epoch % self.interval == 0:
            y_pred = self.model.predict(self.X_val, verbose=0)
            score = roc_auc_score(self.y_val, y_pred)
            print("\n ROC-AUC - epoch: %d - score: %.6f \n" % (epoch + 1, score))


def get_model():
    inp = Input(shape=(maxlen,))
    x = Embedding(nb_words, embed_size, weights=[embedding_matrix])(inp)
    x = SpatialDropout1D(0.2)(x)
    x = Bidirectional(GRU(8, return_sequences=True))(x)
    avg_pool = GlobalAveragePooling1D()(x)
    max_pool = GlobalMaxPooling1D()(x)
    conc = concatenate([avg_pool, max_pool])
    outp = Dense(6, activation="sigmoid")(conc)
    model = Model(inputs=inp, outputs=outp)
    model.compile(loss="binary_crossentropy", optimizer="adam", metrics=["accuracy"])
    return model


model = get_model()
X_tra, X_val, y_tra, y_val = train_test_split(x_train, y_train, train_size=0.9, random_state=233)
RocAuc = RocAucEvaluation(validation_data=(X_val, y_val), interval=1)
hist = model.fit(X_tra, y_tra, batch_size=32, epochs=1, validation_data=(X_val, y_val), callbacks=[RocAuc], verbose=0)
y_pred = model.predict(x_train, batch_size=64)
print(y_pred.shape)
