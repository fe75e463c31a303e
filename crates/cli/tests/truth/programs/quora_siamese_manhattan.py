import itertools
import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.models import Model
from tensorflow.keras.layers import Input, Embedding, LSTM, Lambda
from tensorflow.keras import backend as K
from tensorflow.keras.optimizers import Adadelta

questions = ["how do i cook rice", "what is the best way to cook rice", "who won the game", "how old is the earth",
             "what is the age of earth", "is it safe to travel alone"]
rng = np.random.RandomState(11)
rows = []
for n in range(80):
    a, b = rng.choice(len(questions), 2)
    rows.append((questions[a], questions[b], int(a // 2 == b // 2)))
train_df = pd.DataFrame(rows, columns=["question1", "question2", "is_duplicate"])
vocabulary = dict()
inverse_vocabulary = ["<unk>"]
question_cols = ["question1", "question2"]
for index, row in train_df.iterrows():
    for question in question_cols:
        q2n = []
        for word in row[question].split():
            if word not in vocabulary:
                vocabulary[word] = len(inverse_vocabulary)
                q2n.append(len(inverse_vocabulary))
                inverse_vocabulary.append(word)
            else:
                q2n.append(vocabulary[word])

embedding_dim = 12
embeddings = 1 * np.random.randn(len(vocabulary) + 1, embedding_dim)
embeddings[0] = 0
encode = lambda s: [vocabulary[w] for w in s.split()]
max_seq_length = max(len(q.split()) for q in questions)
X = train_df[question_cols]
Y = train_df["is_duplicate"]
X_train, X_validation, Y_train, Y_validation = train_test_split(X, Y, test_size=16)
X_train = {"left": X_train.question1.apply(encode), "right": X_train.question2.apply(encode)}
X_validation = {"left": X_validation.question1.apply(encode), "right": X_validation.question2.apply(encode)}
Y_train = Y_train.values
Y_validation = Y_validation.values
for dataset, side in itertools.product([X_train, X_validation], ["left", "right"]):
    dataset[side] = pad_sequences(dataset[side], maxlen=max_seq_length)

n_hidden = 10


def exponent_neg_manhattan_distance(left, right):
    return K.exp(-K.sum(K.abs(left - right), axis=1, keepdims=True))


left_input = Input(shape=(max_seq_length,), dtype="int32")
right_input = Input(shape=(max_seq_length,), dtype="int32")
embedding_layer = Embedding(len(embeddings), embedding_dim, weights=[embeddings], trainable=False)
encoded_left = embedding_layer(left_input)
encoded_right = embedding_layer(right_input)
shared_lstm = LSTM(n_hidden)
left_output = shared_lstm(encoded_left)
right_output = shared_lstm(encoded_right)
malstm_distance = Lambda(function=lambda x: exponent_neg_manhattan_distance(x[0], x[1]),
                         output_shape=lambda x: (x[0][0], 1))([left_output, right_output])
malstm = Model([left_input, right_input], [malstm_distance])
malstm.compile(loss="mean_squared_error", optimizer=Adadelta(clipnorm=1.25), metrics=["accuracy"])
trained = malstm.fit([X_train["left"], X_train["right"]], Y_train, batch_size=16, epochs=1,
                     validation_data=([X_validation["left"], X_validation["right"]], Y_validation), verbose=0)
print(sorted(trained.history))
