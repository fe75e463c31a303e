"""Weights for classes and samples, callbacks, validation."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.callbacks import EarlyStopping, ReduceLROnPlateau, LambdaCallback

x = np.random.normal(size=(120, 4)).astype("float32")
y = (x.sum(axis=1) > 0).astype("int32")
counts = np.bincount(y, minlength=2)
class_weight = {0: 1.0, 1: 2.5}
sample_weight = np.where(y == 1, 2.0, 1.0)


class Watch(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(sorted(logs or {}))


model = keras.Sequential([layers.Input((4,)), layers.Dense(8, "relu"), layers.Dense(2, "softmax")])
model.compile("adam", "binary_crossentropy", metrics=[keras.metrics.AUC(name="auc"), "accuracy"])
watch = Watch()
callbacks = [EarlyStopping(monitor="val_loss", patience=2, restore_best_weights=True),
             ReduceLROnPlateau(factor=0.5, patience=1), watch,
             LambdaCallback(on_epoch_begin=lambda epoch, logs: None)]
model.fit(x, y, validation_split=0.25, class_weight=class_weight, epochs=2, batch_size=30,
          callbacks=callbacks, verbose=0)
model.fit(x, y, sample_weight=sample_weight, epochs=1, verbose=0)
print(watch.seen[0])
print(model.train_on_batch(x[:10], y[:10]) is not None, len(model.evaluate(x, y, verbose=0)))
