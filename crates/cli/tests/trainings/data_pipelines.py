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


x = np.sin(np.arange(40) * 0.37).astype("float32")
y = np.cos(np.arange(40) * 0.37).astype("float32")
D = tf.data.Dataset
ds = D.from_tensor_slices((x, y)).map(lambda a, b: (tf.reshape(a, (1,)), b), num_parallel_calls=tf.data.AUTOTUNE).cache().batch(8, drop_remainder=True).prefetch(tf.data.AUTOTUNE)
model = keras.Sequential([keras.Input((1,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
fill(model, 0.8)
model.compile(keras.optimizers.SGD(0.1), "mse")
h1 = model.fit(ds, epochs=2, verbose=0, validation_data=ds.take(2)).history
h2 = model.fit(ds.repeat(), epochs=3, steps_per_epoch=3, verbose=0, validation_data=ds.repeat(), validation_steps=2).history
h3 = model.fit(ds.skip(1).concatenate(ds.take(1)), epochs=1, verbose=0).history
h4 = model.fit(ds.shard(2, 1), epochs=2, verbose=0).history
h5 = model.fit(D.zip((D.range(30).map(lambda i: tf.cast(i, tf.float32)[None] / 10), D.from_tensor_slices(y[:30]))).batch(7), epochs=2, verbose=0).history
h6 = model.fit(D.range(3).flat_map(lambda i: D.from_tensors((tf.ones((4, 1)) * tf.cast(i, tf.float32), tf.ones((4, 1))))), epochs=2, verbose=0).history
h7 = model.fit(D.range(4).interleave(lambda i: D.from_tensor_slices((x.reshape(4, 10, 1), y.reshape(4, 10))).skip(i).take(1).unbatch(), cycle_length=2, block_length=3).batch(5), epochs=2, verbose=0).history
history = {f"{i}/{k}": v for i, h in enumerate([h1, h2, h3, h4, h5, h6, h7]) for k, v in h.items()}
prediction = model.predict(ds, verbose=0)
outputs = np.array(model.evaluate(ds, steps=2, verbose=0))
