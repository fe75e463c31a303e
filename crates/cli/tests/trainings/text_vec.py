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


texts = np.array(["the cat sat", "the dog ran fast", "a cat ran", "dog and cat", "fast fast dog", "the end"])
y = np.array([0, 1, 0, 1, 1, 0], "float32").reshape(6, 1)
tv = layers.TextVectorization(max_tokens=8, output_mode="int", output_sequence_length=4)
tv.adapt(texts)
ids = tv(texts)
tf_idf = layers.TextVectorization(output_mode="tf_idf", ngrams=2)
tf_idf.adapt(texts)
cnt = layers.TextVectorization(output_mode="count", max_tokens=6, standardize="lower")
cnt.adapt(texts)
model = keras.Sequential([layers.Input((4,), dtype="int64"), layers.Embedding(8, 3), layers.GlobalAveragePooling1D(), layers.Dense(1, "sigmoid")])
fill(model)
model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(num_thresholds=10)])
history = model.fit(np.array(ids), y, batch_size=4, epochs=4, shuffle=False, verbose=0)
outputs = {"ids": np.array(ids), "idf": np.array(tf_idf(texts)), "cnt": np.array(cnt(texts)), "n": np.array(len(tv.get_vocabulary()))}
weights = model.get_weights()
