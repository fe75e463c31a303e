import numpy as np
import tensorflow as tf
from tensorflow import keras
np.random.seed(1); tf.random.set_seed(1)
num_classes = 3
x_train = np.random.normal(size=(30, 6)).astype("float32")
y_train = np.arange(30) % num_classes
y_cat = keras.utils.to_categorical(y_train, num_classes)
print(y_cat[:4], y_cat.shape, y_cat.dtype)
print(np.bincount(y_train), np.unique(y_train, return_counts=True))
inputs = keras.Input(shape=(6,))
x = keras.layers.Dense(5, activation="tanh")(inputs)
x = keras.layers.Dropout(0.3)(x)
outputs = keras.layers.Dense(num_classes, activation="softmax")(x)
model = keras.Model(inputs, outputs, name="multi")
print(inputs.shape, outputs.shape, [l.name for l in model.layers], [type(l).__name__ for l in model.layers])
model.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss="categorical_crossentropy", metrics=["accuracy", keras.metrics.TopKCategoricalAccuracy(k=2, name="top2")])
h = model.fit(x_train, y_cat, epochs=3, batch_size=10, verbose=0)
print(sorted(h.history), h.epoch)
for k in sorted(h.history):
    print(k, len(h.history[k]), all(isinstance(v, float) for v in h.history[k]))
pred = model.predict(x_train[:5], verbose=0)
print(pred.shape, np.allclose(pred.sum(axis=1), 1, atol=1e-5), pred.argmax(1).shape)
r = model.evaluate(x_train, y_cat, verbose=0, return_dict=True)
print(list(r), all(0 <= v for v in r.values()))
cfg = model.layers[1].get_config()
print(cfg["units"], cfg["activation"], cfg["name"][:5], cfg["use_bias"])
print(model.optimizer.get_config()["learning_rate"] == np.float32(0.01), type(model.optimizer).__name__, model.loss)
m = keras.metrics.CategoricalAccuracy()
m.update_state(y_cat[:3], [[0.9, 0.05, 0.05], [0.1, 0.2, 0.7], [0.2, 0.2, 0.6]])
print(float(m.result()), m.name)
cm = tf.math.confusion_matrix([0, 1, 2, 2], [0, 2, 2, 2], num_classes=3)
print(cm, cm.numpy().sum(axis=1), np.trace(cm.numpy()))
