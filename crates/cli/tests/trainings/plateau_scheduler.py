import numpy as np
from tensorflow import keras

x = np.linspace(-2, 2, 16).reshape(16, 1).astype("float32")
y = x ** 3


class Batches(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.losses = []

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(logs["loss"])

    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 3:
            self.model.get_layer("hidden").trainable = True


model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(6, activation="tanh", name="hidden"), keras.layers.Dense(1, name="out")])
model.set_weights([np.sin(np.arange(w.size) + 1.0).reshape(w.shape) for w in model.get_weights()])
model.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
batches = Batches()
plateau = keras.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=1, min_delta=0.3, cooldown=1, min_lr=0.005)
first = model.fit(x, y, batch_size=8, epochs=6, shuffle=False, verbose=0, callbacks=[plateau, batches]).history
second = model.fit(x, y, batch_size=8, epochs=9, initial_epoch=6, shuffle=False, verbose=0,
                   callbacks=[keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.7 if epoch > 6 else 0.02), batches]).history
history = {f"{n}/{k}": list(v) for n, h in (("first", first), ("second", second)) for k, v in h.items() if k in ("loss", "mae")}
outputs = {"batches": np.array(batches.losses), "rate": np.array(float(model.optimizer.learning_rate))}
prediction = model.predict(x, batch_size=5, verbose=0)
weights = model.get_weights()
