# 8x8 digits, manual batches with train_on_batch
import time
import numpy as np
from sklearn.datasets import load_digits, make_classification
from sklearn.preprocessing import LabelBinarizer, MinMaxScaler
from sklearn.model_selection import train_test_split
from tensorflow.keras import layers, models, optimizers


def batches(x, y, size, shuffle=True):
    idx = np.arange(len(x))
    if shuffle:
        np.random.shuffle(idx)
    for start in range(0, len(x), size):
        pick = idx[start:start + size]
        yield x[pick], y[pick]


digits = load_digits()
X = MinMaxScaler().fit_transform(digits.data).reshape(-1, 8, 8, 1)
lb = LabelBinarizer()
Y = lb.fit_transform(digits.target)
X_train, X_test, Y_train, Y_test = train_test_split(X, Y, test_size=0.3, random_state=0)
X_train, Y_train = X_train[:200], Y_train[:200]

inp = layers.Input((8, 8, 1))
h = layers.Conv2D(8, (3, 3), activation="relu", name="c1")(inp)
h = layers.MaxPool2D((2, 2))(h)
h = layers.Flatten()(h)
h = layers.Dropout(0.3)(h)
out = layers.Dense(10, activation="softmax")(h)
net = models.Model(inp, out)
net.compile(optimizer=optimizers.Adam(1e-3), loss="categorical_crossentropy", metrics=["accuracy"])

EPOCHS = 2
for epoch in range(EPOCHS):
    t0 = time.time()
    losses = []
    for xb, yb in batches(X_train, Y_train, 32):
        loss, acc = net.train_on_batch(xb, yb)
        losses.append(loss)
    val = net.test_on_batch(X_test[:50], Y_test[:50])
    print("epoch %d loss %.3f val %.3f (%.1fs)" % (epoch, np.mean(losses), val[0], time.time() - t0))
pred = net.predict_on_batch(X_test[5])
print(lb.classes_[pred.argmax(axis=1)].shape)
