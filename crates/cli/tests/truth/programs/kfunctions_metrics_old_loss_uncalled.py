# Custom metrics with K., posted when Keras dropped f1
import numpy as np
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Input, Dropout, Conv1D, Flatten, MaxPooling1D
from tensorflow.keras.models import Model
from sklearn.metrics import f1_score


def recall_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    possible_positives = K.sum(K.round(K.clip(y_true, 0, 1)))
    return true_positives / (possible_positives + K.epsilon())


def precision_m(y_true, y_pred):
    true_positives = K.sum(K.round(K.clip(y_true * y_pred, 0, 1)))
    predicted_positives = K.sum(K.round(K.clip(y_pred, 0, 1)))
    return true_positives / (predicted_positives + K.epsilon())


def f1_m(y_true, y_pred):
    precision, recall = precision_m(y_true, y_pred), recall_m(y_true, y_pred)
    return 2 * ((precision * recall) / (precision + recall + K.epsilon()))


def focal(gamma=2.0, alpha=0.25):
    def loss(y_true, y_pred):
        pt_1 = K.switch(K.equal(y_true, 1), y_pred, K.ones_like(y_pred))
        pt_0 = K.switch(K.equal(y_true, 0), y_pred, K.zeros_like(y_pred))
        return -K.mean(alpha * K.pow(1.0 - pt_1, gamma) * K.log(pt_1 + K.epsilon())) - K.mean(
            (1 - alpha) * K.pow(pt_0, gamma) * K.log(1.0 - pt_0 + K.epsilon()))
    return loss


inp = Input(shape=(30, 2))
x = Conv1D(8, 3, activation="relu")(inp)
x = MaxPooling1D(2)(x)
x = Dropout(0.2)(Flatten()(x))
out = Dense(1, activation="sigmoid")(x)
model = Model(inputs=inp, outputs=out)
model.compile(optimizer="adam", loss=focal, metrics=["acc", f1_m, precision_m, recall_m])
X, y = np.random.randn(50, 30, 2), np.random.randint(0, 2, 50).astype("float32")
model.fit(X, y, validation_split=0.3, epochs=1, verbose=0)
loss, accuracy, f1, precision, recall = model.evaluate(X, y, verbose=0)
print(f1_score(y, (model.predict(X, verbose=0) > 0.5).ravel()) <= 1)
