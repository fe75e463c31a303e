"""Malicious URLs: characters to ids by hand, padded, a CNN of several widths, class weights from scikit-learn."""
import string
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.utils.class_weight import compute_class_weight
from tensorflow.keras.layers import Input, Embedding, Conv1D, GlobalMaxPooling1D, Concatenate, Dense, Dropout
from tensorflow.keras.models import Model
from tensorflow.keras.preprocessing.sequence import pad_sequences

good = ["www.wikipedia.org/wiki/keras", "docs.python.org/3/library", "news.site.com/today", "mail.server.net/inbox"]
bad = ["login-update.xyz/verify?id=1", "free-prize.win/claim", "bank.secure-login.ru/acc"]
urls = good * 20 + bad * 8
labels = np.array([0] * 80 + [1] * 24)
alphabet = string.printable
MAXLEN = 40
ids = [[alphabet.index(c) + 1 for c in url if c in alphabet] for url in urls]
X = pad_sequences(ids, maxlen=MAXLEN)
X_train, X_test, y_train, y_test = train_test_split(X, labels, test_size=0.25, random_state=33, stratify=labels)
weights = compute_class_weight(class_weight="balanced", classes=np.unique(y_train), y=y_train)
class_weights = dict(enumerate(weights))
inp = Input((MAXLEN,), dtype="int32")
emb = Embedding(26, 16)(inp)
pools = [GlobalMaxPooling1D()(Conv1D(8, width, activation="relu")(emb)) for width in (2, 3, 4)]
x = Dropout(0.3)(Concatenate()(pools))
model = Model(inp, Dense(1, activation="sigmoid")(x))
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(X_train, y_train, validation_data=(X_test, y_test), class_weight=class_weights, epochs=1, verbose=0)
new = pad_sequences([[alphabet.index(c) + 1 for c in "keras.io"]], maxlen=MAXLEN)
print(X.shape, model.predict(new, verbose=0).shape)
