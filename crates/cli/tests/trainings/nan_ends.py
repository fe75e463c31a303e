import numpy as np
from tensorflow import keras

x = np.arange(24).reshape(12, 2).astype("float32") * 40
y = x.sum(axis=1)
model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
model.set_weights([np.full(w.shape, 0.5) for w in model.get_weights()])
model.compile(optimizer=keras.optimizers.SGD(0.3), loss="mse")
counter = []
history = model.fit(x, y, epochs=30, batch_size=3, shuffle=False, verbose=0,
                    callbacks=[keras.callbacks.TerminateOnNaN(),
                               keras.callbacks.LambdaCallback(on_train_batch_begin=lambda batch, logs: counter.append(batch))]).epoch
history = {"epochs": [float(e) for e in history]}
outputs = {"batches": np.array(counter)}
