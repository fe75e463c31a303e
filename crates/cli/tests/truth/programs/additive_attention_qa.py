from keras.layers import (AdditiveAttention, Attention, Concatenate, Dense, Embedding, GlobalAveragePooling1D,
                          Input, LSTM, Bidirectional, SpatialDropout1D, MultiHeadAttention)
from keras.models import Model
from keras.utils import pad_sequences
import numpy as np

VOCAB, MAXQ, MAXD = 80, 6, 15
rng = np.random.RandomState(7)
questions = pad_sequences([rng.randint(1, VOCAB, rng.randint(2, MAXQ + 1)) for _ in range(48)], maxlen=MAXQ, padding="post")
docs = pad_sequences([rng.randint(1, VOCAB, rng.randint(5, MAXD + 1)) for _ in range(48)], maxlen=MAXD, padding="post")
answer_start = rng.randint(0, MAXD, 48)
answer_end = np.minimum(answer_start + rng.randint(0, 3, 48), MAXD - 1)

q_in = Input((MAXQ,), dtype="int32", name="question")
d_in = Input((MAXD,), dtype="int32", name="document")
emb = Embedding(VOCAB, 24, mask_zero=True)
q = SpatialDropout1D(0.1)(emb(q_in))
d = SpatialDropout1D(0.1)(emb(d_in))
q_enc = Bidirectional(LSTM(12, return_sequences=True))(q)
d_enc = Bidirectional(LSTM(12, return_sequences=True))(d)
attended, scores = AdditiveAttention(dropout=0.1)([d_enc, q_enc], return_attention_scores=True)
self_attended = Attention(use_scale=True)([attended, attended])
mh = MultiHeadAttention(num_heads=2, key_dim=12)(d_enc, q_enc, q_enc)
merged = Concatenate()([d_enc, attended, self_attended, mh])
hidden = Bidirectional(LSTM(8, return_sequences=True))(merged)
start_logits = Dense(1, name="s")(hidden)
end_logits = Dense(1, name="e")(hidden)
from keras.layers import Flatten, Softmax
start = Softmax(name="start")(Flatten()(start_logits))
end = Softmax(name="end")(Flatten()(end_logits))
model = Model([q_in, d_in], [start, end])
model.compile("rmsprop", loss={"start": "sparse_categorical_crossentropy", "end": "sparse_categorical_crossentropy"},
              loss_weights={"start": 1.0, "end": 0.5})
model.fit({"question": questions, "document": docs}, {"start": answer_start, "end": answer_end}, batch_size=16, epochs=1, verbose=0)
viz = Model(model.inputs, scores)
s, e = model.predict([questions[:3], docs[:3]], verbose=0)
print(s.shape, e.argmax(-1).shape, viz.predict([questions[:2], docs[:2]], verbose=0).shape)
