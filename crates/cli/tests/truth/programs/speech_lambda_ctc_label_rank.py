"""CTC loss in a Lambda, as keras 2's OCR example did it."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Input, Dense, LSTM, Bidirectional, Lambda, Activation
from tensorflow.keras.models import Model

N_MEL, N_CLASSES, MAX_LABEL, FRAMES = 13, 28, 10, 60


def ctc_lambda_func(args):
    y_pred, labels, input_length, label_length = args
    y_pred = y_pred[:, 2:, :]
    return K.ctc_batch_cost(labels, y_pred, input_length, label_length)


def build():
    feats = Input(shape=(None, N_MEL), name="the_input")
    x = Bidirectional(LSTM(16, return_sequences=True))(feats)
    x = Dense(N_CLASSES)(x)
    y_pred = Activation("softmax", name="softmax")(x)
    labels = Input(shape=[MAX_LABEL, 1], name="the_labels", dtype="float32")
    input_length = Input(shape=[1], name="input_length", dtype="int64")
    label_length = Input(shape=[1], name="label_length", dtype="int64")
    loss_out = Lambda(ctc_lambda_func, output_shape=(1,), name="ctc")([y_pred, labels, input_length, label_length])
    return Model([feats, labels, input_length, label_length], loss_out), Model(feats, y_pred)


train_model, infer_model = build()
train_model.compile(loss={"ctc": lambda y_true, y_pred: y_pred}, optimizer="adam")
n = 8
inputs = {
    "the_input": np.random.randn(n, FRAMES, N_MEL).astype("float32"),
    "the_labels": np.random.randint(0, N_CLASSES - 1, (n, MAX_LABEL)).astype("float32"),
    "input_length": np.full((n, 1), FRAMES - 2, dtype="int64"),
    "label_length": np.full((n, 1), MAX_LABEL, dtype="int64"),
}
outputs = {"ctc": np.zeros([n])}
train_model.fit(inputs, outputs, batch_size=4, epochs=1, verbose=0)
pred = infer_model.predict(inputs["the_input"], verbose=0)
decoded, _ = K.ctc_decode(pred, np.full(n, pred.shape[1]), greedy=True)
print(pred.shape)
