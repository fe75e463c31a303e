import os
import tempfile
import numpy as np
from tensorflow import keras


class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        if logs["acc"] > 0.99:
            self.model.stop_training = True


folder = tempfile.mkdtemp()
path = os.path.join(folder, "best.weights.h5")


def make(units=8):
    model = keras.Sequential([keras.Input((6,)), keras.layers.Dense(units, "relu"), keras.layers.Dense(1)])
    model.compile("adam", "mse", metrics=["mae"])
    return model


x, y = np.random.rand(50, 6), np.random.rand(50)
callbacks = [
    Stop(),
    keras.callbacks.ModelCheckpoint(path, monitor="val_loss", save_best_only=True, save_weights_only=True),
    keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True),
    keras.callbacks.ReduceLROnPlateau(factor=0.5, patience=1),
]
model = make()
history = model.fit(x, y, validation_split=0.2, epochs=2, callbacks=callbacks, verbose=0)
again = make()
again.load_weights(path)
print(sorted(history.history)[:2], np.allclose(model.predict(x, verbose=0).shape, again.predict(x, verbose=0).shape))
