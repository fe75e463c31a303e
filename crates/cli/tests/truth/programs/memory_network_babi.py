from functools import reduce
import re
import numpy as np
from tensorflow.keras.models import Sequential, Model
from tensorflow.keras.layers import Embedding, Input, Activation, Dense, Permute, Dropout, add, dot, concatenate, LSTM

STORIES = """1 Mary moved to the bathroom.
2 John went to the hallway.
3 Where is Mary? 	bathroom	1
1 Daniel went back to the hallway.
2 Sandra moved to the garden.
3 Where is Daniel? 	hallway	1
4 John moved to the office.
5 Where is Sandra? 	garden	2"""


def tokenize(sent):
    return [x.strip() for x in re.split(r"(\W+)", sent) if x.strip()]


def parse_stories(lines):
    data, story = [], []
    for line in lines:
        line = line.strip()
        nid, line = line.split(" ", 1)
        nid = int(nid)
        if nid == 1:
            story = []
        if "\t" in line:
            q, a, supporting = line.split("\t")
            q = tokenize(q)
            substory = [x for x in story if x]
            data.append((substory, q, a))
            story.append("")
        else:
            story.append(tokenize(line))
    return data


def flatten(data):
    return reduce(lambda x, y: x + y, data)


stories = [(flatten(s), q, a) for s, q, a in parse_stories(STORIES.split("\n"))]
vocab = set()
for story, q, answer in stories:
    vocab |= set(story + q + [answer])
vocab = sorted(vocab)
vocab_size = len(vocab) + 1
story_maxlen = max(map(len, (x for x, _, _ in stories)))
query_maxlen = max(map(len, (x for _, x, _ in stories)))
word_idx = dict((c, i + 1) for i, c in enumerate(vocab))


def pad(seqs, maxlen):
    out = np.zeros((len(seqs), maxlen), dtype="int32")
    for i, s in enumerate(seqs):
        out[i, -len(s):] = s
    return out


X = pad([[word_idx[w] for w in s] for s, _, _ in stories], story_maxlen)
Q = pad([[word_idx[w] for w in q] for _, q, _ in stories], query_maxlen)
Y = np.array([word_idx[a] for _, _, a in stories])

input_sequence = Input((story_maxlen,))
question = Input((query_maxlen,))
input_encoder_m = Sequential([Embedding(input_dim=vocab_size, output_dim=64), Dropout(0.3)])
input_encoder_c = Sequential([Embedding(input_dim=vocab_size, output_dim=query_maxlen), Dropout(0.3)])
question_encoder = Sequential([Embedding(input_dim=vocab_size, output_dim=64), Dropout(0.3)])
input_encoded_m = input_encoder_m(input_sequence)
input_encoded_c = input_encoder_c(input_sequence)
question_encoded = question_encoder(question)
match = dot([input_encoded_m, question_encoded], axes=(2, 2))
match = Activation("softmax")(match)
response = add([match, input_encoded_c])
response = Permute((2, 1))(response)
answer = concatenate([response, question_encoded])
answer = LSTM(32)(answer)
answer = Dropout(0.3)(answer)
answer = Dense(vocab_size)(answer)
answer = Activation("softmax")(answer)
model = Model([input_sequence, question], answer)
model.compile(optimizer="rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit([X, Q], Y, batch_size=2, epochs=2, verbose=0)
print(np.argmax(model.predict([X, Q], verbose=0), axis=1).shape)
