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

x = np.sin(np.arange(20 * 3) * 0.77).reshape(20, 3).astype("float32")
y = (x.sum(1) > 0.3).astype("float32")
model = keras.Sequential([layers.Input((3,)), layers.Dense(4, "relu", kernel_regularizer="l2"), layers.Dense(1, "sigmoid")])
fill(model, 0.9)
log = {"batch": [], "lr": []}
class Watch(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        log["batch"].append(float(logs["loss"]))
    def on_epoch_end(self, epoch, logs=None):
        log["lr"].append(float(np.array(self.model.optimizer.learning_rate)))
        if epoch == 4:
            self.model.stop_training = True
model.compile(keras.optimizers.SGD(0.3), "binary_crossentropy", metrics=["accuracy", "AUC", keras.metrics.Precision(name="prec")])
cbs = [Watch(), keras.callbacks.LearningRateScheduler(lambda e, lr: lr * 0.8 if e else lr), keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=1, factor=0.5, min_delta=0.05), keras.callbacks.EarlyStopping("val_loss", patience=6), keras.callbacks.LambdaCallback(on_epoch_begin=lambda e, logs: log.setdefault("ep", []).append(float(e))), keras.callbacks.TerminateOnNaN()]
history = model.fit(x, y, batch_size=6, epochs=8, shuffle=False, verbose=0, validation_split=0.25, class_weight={0: 1.0, 1: 2.5}, callbacks=cbs)
outputs = {k: np.array(v) for k, v in log.items()}
prediction = model.predict(x[:4], verbose=0)
weights = model.get_weights()
