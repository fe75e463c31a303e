import numpy as np
import tensorflow as tf

ds = tf.data.Dataset.range(20)
ds = ds.filter(lambda v: v % 3 != 0).map(lambda v: tf.cast(v, tf.float32) / 10.0)
pairs = tf.data.Dataset.zip((ds, ds.skip(1))).batch(4, drop_remainder=True)
for a, b in pairs:
    print(a.numpy(), b.numpy())
x = ds.window(3, shift=2, drop_remainder=True).flat_map(lambda w: w.batch(3))
outputs = {"windows": np.stack(list(x.as_numpy_iterator())),
           "reduced": ds.reduce(0.0, lambda s, v: s + v).numpy(),
           "card": pairs.cardinality().numpy()}
inter = tf.data.Dataset.range(1, 4).interleave(lambda i: tf.data.Dataset.from_tensors(i).repeat(3), cycle_length=2, block_length=1)
outputs["inter"] = np.array([int(v) for v in inter])
sc = tf.data.Dataset.range(6).scan(tf.constant(0, tf.int64), lambda s, v: (s + v, s * 2 + v))
outputs["scan"] = np.array(list(sc.as_numpy_iterator()))
pad = tf.data.Dataset.from_generator(lambda: iter([[1], [2, 3], [4, 5, 6]]), output_signature=tf.TensorSpec((None,), tf.int32)).padded_batch(2, padding_values=-1)
outputs["pad"] = [p.numpy() for p in pad]
model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1, kernel_initializer="ones")])
model.compile(tf.keras.optimizers.SGD(0.1), "mse")
train = ds.map(lambda v: (tf.reshape(v, [1]), 2.0 * v + 0.5)).batch(3).repeat()
history = model.fit(train, steps_per_epoch=4, epochs=3, verbose=0)
en = train.take(2).enumerate(start=5)
for i, (a, b) in en:
    print(int(i), a.shape, b.numpy().sum().round(4))
weights = model.get_weights()
