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

x = np.sin(np.arange(12 * 4) * 0.37).reshape(12, 4).astype("float32")
y = (x @ np.array([[0.5], [-1.0], [0.3], [0.8]], "float32") + 0.1).astype("float32")
c = (np.arange(12) * 5 % 3)

model = keras.Sequential([layers.Input((4,)), layers.Dense(3, "softmax")])
fill(model, 0.8)
sw = np.linspace(0.1, 2.0, 12)
oh = keras.utils.to_categorical(c, 3)
model.compile("adam", "categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy", "categorical_crossentropy"])
h1 = model.fit(x, oh, sample_weight=sw, batch_size=5, epochs=2, shuffle=False, verbose=0, validation_data=(x[:5], oh[:5], sw[:5]))
h2 = model.fit(tf.data.Dataset.from_tensor_slices((x, oh, sw)).batch(4), epochs=2, verbose=0, initial_epoch=1)
h3 = model.fit(x, oh, class_weight={0: 0.5, 1: 2.0, 2: 1.0}, batch_size=12, epochs=1, verbose=0)
history = {**{"a_" + k: v for k, v in h1.history.items()}, **{"b_" + k: v for k, v in h2.history.items()}, **{"c_" + k: v for k, v in h3.history.items()}}
outputs = [np.array(v) for v in model.evaluate(x, oh, sample_weight=sw, verbose=0)]
