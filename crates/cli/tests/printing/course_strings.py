import tensorflow as tf
import numpy as np
from tensorflow.keras import layers
texts = ["the cat sat", "the dog ran away", "A cat!"]
v = layers.TextVectorization(max_tokens=10, output_sequence_length=4)
v.adapt(texts)
print(v.get_vocabulary(), len(v.get_vocabulary()))
print(v(texts))
print(v(np.array(["the unknown cat"])).numpy(), v(["cat"]).shape)
vocab = v.get_vocabulary()
print(" ".join(vocab[i] for i in v(["the cat ran"]).numpy()[0]))
b = layers.TextVectorization(output_mode="multi_hot"); b.adapt(texts)
print(b(["cat dog"]), b.vocabulary_size())
c = layers.TextVectorization(output_mode="count", max_tokens=6); c.adapt(texts)
print(c(["the the cat"]))
t = tf.constant(texts)
print(t, t.shape, t.dtype, t[0], t.numpy()[0], tf.strings.length(t), tf.strings.upper(t)[0].numpy().decode())
print(tf.strings.split(t), tf.strings.split(t).to_list(), tf.strings.split(t)[1])
print(tf.strings.join(["a", "b"]), tf.strings.substr(t, 0, 3), tf.strings.regex_replace(t, "cat", "cow"), tf.strings.to_number(["1.5", "2"]))
print(tf.strings.reduce_join(["a", "b"]), tf.strings.strip("  x "), tf.strings.bytes_split("abc"), tf.strings.unicode_split("héy", "UTF-8"))
lookup = layers.StringLookup(vocabulary=["red", "green"])
print(lookup(["red", "blue"]), lookup.get_vocabulary(), layers.StringLookup(vocabulary=["red", "green"], invert=True)([1, 2]))
print(layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")(["a", "b"]), layers.IntegerLookup(vocabulary=[10, 20])([10, 30]))
print(tf.constant(["a", "b"]) == "a", "é".encode(), b"abc".decode(), len("héllo"))
words = "to be or not to be".split()
counts = {}
for w in words:
    counts[w] = counts.get(w, 0) + 1
print(sorted(counts.items(), key=lambda kv: (-kv[1], kv[0])), max(counts, key=counts.get))
index = {w: i + 1 for i, w in enumerate(sorted(set(words)))}
print(index, [index[w] for w in words])
print(tf.keras.utils.pad_sequences([[1], [2, 3]], padding="post"), tf.keras.preprocessing.sequence.pad_sequences([[1, 2, 3], [4]], maxlen=2))
