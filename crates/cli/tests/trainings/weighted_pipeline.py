"""Sample weights from a dataset, class weights, validation with weights, weighted metrics, train_on_batch."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

x = np.sin(np.arange(42).reshape(14, 3) * 0.5).astype("float32")
y = (np.arange(14) % 2).astype("float32").reshape(14, 1)
w = np.linspace(0.2, 1.8, 14).astype("float32")


def network(metrics, weighted):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights([0.7 * np.sin(np.arange(v.size) + 2).reshape(v.shape) for v in model.get_weights()])
    model.compile(keras.optimizers.Adam(0.02, epsilon=1e-3), "binary_crossentropy", metrics=metrics, weighted_metrics=weighted)
    return model


one = network(["accuracy"], ["mae"])
data = tf.data.Dataset.from_tensor_slices((x, y, w)).batch(4)
history = one.fit(data, epochs=2, validation_data=data.take(2), verbose=0).history
two = network(["mse"], None)
second = two.fit(x, y, class_weight={0: 0.5, 1: 2.0}, batch_size=5, epochs=2, shuffle=False, validation_data=(x, y, w), verbose=0).history
history.update({f"two/{k}": v for k, v in second.items()})
three = network(["accuracy"], None)
steps = [three.train_on_batch(x[:6], y[:6], sample_weight=w[:6]), three.train_on_batch(x[6:], y[6:]), three.test_on_batch(x, y)]
outputs = {"steps": np.array([[float(v) for v in s] for s in steps]), "batch": three.predict_on_batch(x[:2]),
           "dict": np.array([float(v) for v in two.evaluate(x, y, sample_weight=w, return_dict=True, verbose=0).values()])}
prediction = [m.predict(x[:2], verbose=0) for m in (one, two, three)]
weights = two.get_weights()
