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


docs = ["the cat sat", "the dog ran far", "a cat ran", "dogs and cats", "the end", "far far away"]
labels = [0, 1, 1, 0, 0, 1]
vec = layers.TextVectorization(max_tokens=12, output_sequence_length=5)
vec.adapt(docs)
print(vec.get_vocabulary())
ds = tf.data.Dataset.from_tensor_slices((docs, labels)).map(lambda t, l: (vec(t), l)).batch(2).cache().prefetch(tf.data.AUTOTUNE)
model = keras.Sequential([
    layers.Input((5,), dtype="int64"),
    layers.Embedding(12, 4, mask_zero=True),
    layers.GlobalAveragePooling1D(),
    layers.Dense(1),
])
fill(model)
model.compile("adam", keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy", keras.metrics.BinaryAccuracy(threshold=0.0, name="zero")])
history = model.fit(ds, epochs=3, verbose=0)
prediction = model.predict(ds, verbose=0)
weights = model.get_weights()
for batch, lab in ds.take(1):
    print(batch.numpy(), lab)
