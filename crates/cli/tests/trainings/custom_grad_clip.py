import numpy as np
import tensorflow as tf
from tensorflow import keras


@tf.custom_gradient
def reverse(x):
    def grad(dy):
        return -0.3 * dy
    return tf.identity(x), grad


class GradientReversal(keras.layers.Layer):
    def call(self, inputs):
        return reverse(inputs)


x = np.sin(np.arange(48) * 0.23).reshape(12, 4).astype("float32")
label = np.eye(3, dtype="float32")[np.arange(12) % 3]
domain = (np.arange(12) % 2).astype("float32")

inp = keras.Input((4,))
feat = keras.layers.Dense(6, activation="relu", name="features")(inp)
cls = keras.layers.Dense(3, activation="softmax", name="label")(feat)
dom = keras.layers.Dense(1, activation="sigmoid", name="domain")(GradientReversal()(feat))
model = keras.Model(inp, [cls, dom])
for k, w in enumerate(model.trainable_weights):
    w.assign(0.5 * np.cos(0.8 * np.arange(np.prod(w.shape)) + k).reshape(w.shape))
model.compile(keras.optimizers.SGD(0.1, nesterov=True, momentum=0.8),
              loss=["categorical_crossentropy", "binary_crossentropy"], loss_weights=[1.0, 0.5],
              metrics=[["accuracy"], ["accuracy"]])
history = model.fit(x, [label, domain], epochs=3, batch_size=6, shuffle=False, verbose=0)
prediction = model.predict(x[:2], verbose=0)
weights = model.get_weights()
print(model.evaluate(x, [label, domain], verbose=0, return_dict=True).keys())
