import numpy as np
import tensorflow as tf
from tensorflow import keras
docs = ["the cat sat", "the dog sat down", "a cat and a dog"]
v = keras.layers.TextVectorization(max_tokens=20, output_sequence_length=5)
v.adapt(docs)
print(v.get_vocabulary(), v.vocabulary_size())
print(v(docs))
print(v(["the bird sat"]).numpy())
b = keras.layers.TextVectorization(output_mode="multi_hot"); b.adapt(docs); print(b(["cat dog"]), b.get_vocabulary()[:3])
s = keras.layers.StringLookup(vocabulary=["a", "b"]); print(s(["a", "z", "b"]), s.get_vocabulary(), s.vocabulary_size())
i = keras.layers.IntegerLookup(vocabulary=[10, 20]); print(i([10, 30]), i.get_vocabulary())
n = keras.layers.Normalization(); n.adapt(np.array([[1.0, 2.0], [3.0, 6.0]])); print(n.mean, n.variance, n(np.array([[2.0, 4.0]])))
d = keras.layers.Discretization([0.0, 1.0]); print(d(np.array([[-1.0, 0.5, 2.0]])))
e = keras.layers.CategoryEncoding(num_tokens=3, output_mode="multi_hot"); print(e([[0, 1], [2, 2]]))
print(tf.strings.lower("ABC"), tf.strings.substr("hello", 1, 3), tf.strings.to_number(["1.5", "2"]), tf.strings.bytes_split("ab"), tf.strings.unicode_decode("é", "UTF-8"), tf.strings.reduce_join(["a", "b"], separator=" "))
words = " ".join(docs).split(); from collections import Counter
c = Counter(words); print(c, c.most_common(2), sorted(c), {w: i + 1 for i, (w, _) in enumerate(c.most_common())})
ids = keras.utils.pad_sequences([[1, 2, 3], [4]], padding="post"); print(ids, ids.shape, ids.dtype)
emb = keras.layers.Embedding(10, 2, embeddings_initializer="ones", mask_zero=True); print(emb(ids), emb.compute_mask(ids))
