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


x = np.sin(np.arange(22) * 0.31).reshape(11, 2).astype("float32")
y = x[:, :1] * 0.5


def make():
    model = keras.Sequential([layers.Input((2,)), layers.Dense(3, "tanh"), layers.Dense(1)])
    fill(model)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


ds = tf.data.Dataset.from_tensor_slices((x, y)).batch(2)
history = {}
history["a"] = make().fit(ds.repeat(), steps_per_epoch=4, epochs=3, verbose=0).history["loss"]
history["b"] = make().fit(ds, steps_per_epoch=2, epochs=3, verbose=0).history["loss"]
history["c"] = make().fit(x, y, batch_size=3, steps_per_epoch=2, epochs=2, shuffle=False, verbose=0).history["loss"]
history["d"] = make().fit(x, y, steps_per_epoch=3, epochs=2, shuffle=False, verbose=0).history["loss"]
history["e"] = make().fit(ds, steps_per_epoch=6, epochs=2, verbose=0).history["loss"]
h = make().fit(ds.repeat(2), steps_per_epoch=5, epochs=2, verbose=0, validation_data=ds.repeat(), validation_steps=2)
history["f"], history["g"] = h.history["loss"], h.history["val_loss"]
model = make()
outputs = {"e": np.array(model.evaluate(ds.repeat(), steps=3, verbose=0)), "p": model.predict(ds.repeat(), steps=2, verbose=0)}
