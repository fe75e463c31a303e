"""Sentence pairs as a dict of ids, masks and types, read from a tf.data generator."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

MAXLEN, VOCAB, CLASSES = 16, 100, 3
rng = np.random.RandomState(4)
examples = [(rng.randint(1, VOCAB, rng.randint(3, 8)).tolist(), rng.randint(1, VOCAB, rng.randint(3, 8)).tolist(), int(rng.randint(0, CLASSES))) for _ in range(40)]


def encode(a, b):
    ids = ([1] + a + [2] + b + [2])[:MAXLEN]
    types = ([0] * (len(a) + 2) + [1] * (len(b) + 1))[:MAXLEN]
    mask = [1] * len(ids)
    pad = MAXLEN - len(ids)
    return ids + [0] * pad, mask + [0] * pad, types + [0] * pad


def gen():
    for a, b, label in examples:
        ids, mask, types = encode(a, b)
        yield {"input_id": ids, "attention_mask": mask, "token_type_ids": types}, label


spec = {k: tf.TensorSpec((MAXLEN,), tf.int32) for k in ("input_ids", "attention_mask", "token_type_ids")}
ds = tf.data.Dataset.from_generator(gen, output_signature=(spec, tf.TensorSpec((), tf.int32)))
train = ds.take(32).shuffle(32).batch(8)
valid = ds.skip(32).batch(8)
ids = keras.Input((MAXLEN,), dtype="int32", name="input_ids")
mask = keras.Input((MAXLEN,), dtype="int32", name="attention_mask")
types = keras.Input((MAXLEN,), dtype="int32", name="token_type_ids")
x = keras.layers.Embedding(VOCAB, 16)(ids) + keras.layers.Embedding(2, 16)(types)
x = keras.layers.MultiHeadAttention(2, 8)(x, x, attention_mask=keras.layers.Reshape((1, MAXLEN))(mask))
x = keras.layers.GlobalAveragePooling1D()(x)
logits = keras.layers.Dense(CLASSES)(x)
model = keras.Model({"input_ids": ids, "attention_mask": mask, "token_type_ids": types}, logits)
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
model.fit(train, validation_data=valid, epochs=1, verbose=0)
a, b, _ = examples[0]
one = dict(zip(("input_ids", "attention_mask", "token_type_ids"), (np.array([v]) for v in encode(a, b))))
print(model.predict(one, verbose=0).shape)
