import tensorflow as tf
from tensorflow import keras
import numpy as np


class Linear(keras.layers.Layer):
    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.w = self.add_weight(shape=(self.units, input_shape[-1]), initializer="random_normal", trainable=True, name="w")
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True, name="b")

    def call(self, inputs):
        return tf.matmul(inputs, self.w) + self.b

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units})
        return config


class F1Score(keras.metrics.Metric):
    def __init__(self, name="f1", **kwargs):
        super().__init__(name=name, **kwargs)
        self.precision = keras.metrics.Precision()
        self.recall = keras.metrics.Recall()

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.precision.update_state(y_true, y_pred, sample_weight)
        self.recall.update_state(y_true, y_pred, sample_weight)

    def result(self):
        p, r = self.precision.result(), self.recall.result()
        return 2 * p * r / (p + r + 1e-7)

    def reset_state(self):
        self.precision.reset_state()
        self.recall.reset_state()


class FocalLoss(keras.losses.Loss):
    def __init__(self, gamma=2.0, alpha=0.25, name="focal"):
        super().__init__(name=name)
        self.gamma, self.alpha = gamma, alpha

    def call(self, y_true, y_pred):
        y_true = tf.cast(y_true, y_pred.dtype)
        y_pred = tf.clip_by_value(y_pred, 1e-7, 1 - 1e-7)
        pt = tf.where(y_true == 1, y_pred, 1 - y_pred)
        return tf.reduce_mean(-self.alpha * (1 - pt) ** self.gamma * tf.math.log(pt), axis=-1)


class LossHistory(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.losses, self.lrs = [], []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])
        self.lrs.append(float(keras.backend.get_value(self.model.optimizer.learning_rate)))


x = np.random.randn(128, 12).astype("float32")
y = (x[:, :1] + x[:, 1:2] > 0).astype("int64")
inputs = keras.Input((12,))
h = Linear(24, name="lin1")(inputs)
h = keras.layers.LayerNormalization()(h)
h = keras.layers.PReLU()(h)
h = Linear(8, name="lin2")(h)
outputs = keras.layers.Dense(1, activation="sigmoid")(h)
model = keras.Model(inputs, outputs)
model.compile("adam", loss=FocalLoss(), metrics=["accuracy", F1Score()])
hist = LossHistory()
model.fit(x, y, epochs=2, batch_size=32, callbacks=[hist], validation_split=0.25, verbose=0)
print(len(hist.losses), sorted(model.evaluate(x, y, verbose=0, return_dict=True)))
model.save("school.keras")
again = keras.models.load_model("school.keras", custom_objects={"Linear": Linear, "FocalLoss": FocalLoss, "F1Score": F1Score})
clone = keras.models.clone_model(model)
clone.set_weights(again.get_weights())
print(np.allclose(clone.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-5))
