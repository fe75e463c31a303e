import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


def fill(model, scale=0.4):
    values = []
    for i, w in enumerate(model.get_weights()):
        n = int(np.prod(w.shape))
        values.append((scale * np.sin(np.arange(n) * 0.7 + i)).reshape(w.shape))
    model.set_weights(values)


base = tf.data.Dataset.from_tensor_slices([3, 1, 3, 2, 1, 5, 2, 4])
uniq = base.unique()
u = np.array(list(uniq.as_numpy_iterator()))
grouped = tf.data.Dataset.range(12).group_by_window(key_func=lambda v: v % 3, reduce_func=lambda k, d: d.batch(2), window_size=2)
g = [np.array(b) for b in grouped]


def seqs():
    for n in [2, 5, 3, 1, 4, 6, 2]:
        yield np.sin(np.arange(n) * 0.4 + n).astype("float32")


ds = tf.data.Dataset.from_generator(seqs, output_signature=tf.TensorSpec((None,), tf.float32))
bucketed = ds.bucket_by_sequence_length(element_length_func=lambda s: tf.shape(s)[0], bucket_boundaries=[3, 5], bucket_batch_sizes=[2, 2, 1])
b = [x.numpy() for x in bucketed]
outputs = {"u": u, "g": np.concatenate(g), "b": [np.asarray(v) for v in b]}
outputs = {"u": u, "g": np.concatenate(g), **{f"b{i}": v for i, v in enumerate(b)}}
model = keras.Sequential([layers.Input((None, 1)), layers.GRU(3), layers.Dense(1)])
fill(model)
model.compile(keras.optimizers.SGD(0.1), "mse")
train = bucketed.map(lambda s: (s[..., None], tf.reduce_sum(s, axis=1, keepdims=True)))
history = model.fit(train, epochs=2, verbose=0)
prediction = model.predict(np.sin(np.arange(4.0)).reshape(1, 4, 1), verbose=0)
weights = model.get_weights()
