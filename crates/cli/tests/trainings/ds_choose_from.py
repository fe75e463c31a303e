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


a = tf.data.Dataset.range(0, 5).map(lambda v: tf.cast(v, tf.float32))
b = tf.data.Dataset.range(10, 15).map(lambda v: tf.cast(v, tf.float32))
choice = tf.data.Dataset.from_tensor_slices(np.array([0, 1, 1, 0, 1, 0], "int64"))
mix = tf.data.Dataset.choose_from_datasets([a, b], choice)
c = np.array(list(mix.as_numpy_iterator()))
inter = tf.data.Dataset.range(3).interleave(lambda v: tf.data.Dataset.from_tensors(v).repeat(3), cycle_length=2, block_length=2)
i = np.array(list(inter.as_numpy_iterator()))
scanned = tf.data.Dataset.range(6).scan(initial_state=tf.constant(0, tf.int64), scan_func=lambda s, v: (s + v, s * 2 + v))
s = np.array(list(scanned.as_numpy_iterator()))
tw = np.array(list(tf.data.Dataset.range(10).take_while(lambda v: v < 6).as_numpy_iterator()))
fl = np.array(list(tf.data.Dataset.range(10).filter(lambda v: v % 2 == 0).as_numpy_iterator()))
en = [(int(k), float(v)) for k, v in a.enumerate(start=3)]
red = tf.data.Dataset.range(5).reduce(np.int64(0), lambda s, v: s + v).numpy()
conc = a.concatenate(b).skip(3).take(4)
cc = np.array(list(conc.as_numpy_iterator()))
sh = np.array(list(tf.data.Dataset.range(10).shard(3, 1).as_numpy_iterator()))
outputs = {"c": c, "i": i, "s": s, "tw": tw, "fl": fl, "en": np.array(en), "red": np.array(red), "cc": cc, "sh": sh,
           "card": np.array([int(a.cardinality()), int(mix.cardinality()), int(a.repeat().cardinality())])}
train = mix.map(lambda v: (tf.reshape(tf.sin(v), (1,)), tf.reshape(tf.cos(v), (1,)))).batch(2, drop_remainder=True).repeat()
model = keras.Sequential([layers.Input((1,)), layers.Dense(3, "tanh"), layers.Dense(1)])
fill(model)
model.compile(keras.optimizers.Adam(0.02), "mae")
history = model.fit(train, epochs=3, steps_per_epoch=4, verbose=0)
weights = model.get_weights()
