import re
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
def show(*a):
    print(*[re.sub(r"0x[0-9a-f]+", "0x0", str(x)) for x in a])
i = keras.Input((4,), name="i")
show(i, repr(i), i.shape, i.dtype, i.name)
h = layers.Dense(3, activation="relu", name="h")(i)
show(h, h.shape, h.dtype, type(h).__name__)
show(keras.Input((8, 8, 3)), keras.Input((None,), dtype="int32", name="ids"), keras.Input(shape=(2,), batch_size=5, name="fixed"))
show(layers.Conv2D(2, 3, name="c")(keras.Input((8, 8, 1), name="img")), [h], {"out": h})
d = layers.Dense(2, name="d", kernel_initializer="ones")
show(d, d.name, d.built, d.units, d.trainable, d.weights, d.dtype, d.input_spec)
d.build((None, 3))
show(d.built, d.kernel, d.bias)
show(d.weights, [w.shape for w in d.weights], d.get_weights(), d.count_params(), d.input_spec, len(d.trainable_weights))
show(d(np.ones((1, 3), "float32")), d.weights[0].name, d.weights[0].numpy())
show(d.kernel.shape, tuple(d.kernel.shape), repr(d.kernel.dtype), d.activation, layers.Dense(1, activation="relu").activation)
for l in [layers.Flatten(), layers.Dropout(0.5), layers.LSTM(4), layers.Embedding(10, 2), layers.BatchNormalization(), layers.Concatenate(), layers.MaxPooling2D(), layers.Lambda(lambda q: q), layers.ReLU(), layers.Bidirectional(layers.GRU(2)), layers.TimeDistributed(layers.Dense(1)), layers.Rescaling(0.5), layers.Conv1D(3, 2)]:
    show(l, l.name, type(l).__name__)
m = keras.Sequential([keras.Input((4,)), layers.Dense(3, name="a", kernel_initializer="ones"), layers.Dropout(0.2, name="dr"), layers.Dense(1, name="b", kernel_initializer="ones")], name="s")
show(m, m.name, m.layers, m.inputs, m.outputs, m.input_shape, m.output_shape, m.count_params(), m.built)
show(m.input, m.output, m.get_layer("a").output, m.get_layer(index=0).name, m.layers[0].input, [l.name for l in m.layers])
show([w.name for w in m.weights], [w.shape for w in m.trainable_variables], len(m.variables), m.non_trainable_weights)
show(m(np.ones((2, 4), "float32")), m.predict(np.ones((2, 4)), verbose=0), m.predict_on_batch(np.zeros((1, 4))))
for l in m.layers:
    show(l.name, l.__class__.__name__, l.output.shape, l.count_params(), [tuple(w.shape) for w in l.get_weights()])
f = keras.Model(i, h, name="f")
show(f, f.input_names if hasattr(f, "input_names") else "", f.output_names, f.input_shape, f.layers, keras.Model([i], [h, h]).output_shape)
show(keras.backend.floatx(), keras.backend.image_data_format(), keras.backend.epsilon(), keras.backend.int_shape(h), keras.backend.backend())
