# Stops early, gives the best weights back; a Lambda callback and a file-less logger look on.
import numpy as np
import tensorflow as tf

x = np.sin(np.arange(40).reshape(20, 2) * 0.31).astype("float32")
y = (x[:, :1] > x[:, 1:]).astype("float32")
model = tf.keras.Sequential([
    tf.keras.Input(shape=(2,)),
    tf.keras.layers.Dense(5, activation="relu"),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.set_weights([np.cos(np.arange(w.size) * 0.9).reshape(w.shape) for w in model.get_weights()])
model.compile(tf.keras.optimizers.SGD(2.5, momentum=0.6), loss="binary_crossentropy", metrics=["accuracy"])
seen = []
stop = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, min_delta=0.001, restore_best_weights=True)
watch = tf.keras.callbacks.LambdaCallback(
    on_epoch_end=lambda epoch, logs: seen.append([epoch, logs["loss"], logs["val_accuracy"]]),
    on_train_end=lambda logs: seen.append([-1, 0.0, 0.0]))
history = model.fit(x, y, epochs=12, batch_size=6, validation_split=0.3, shuffle=False, verbose=0, callbacks=[stop, watch])
outputs = {"seen": np.array(seen), "stopped": np.array([stop.stopped_epoch, stop.wait, stop.patience]), "epochs": np.array(history.epoch)}
prediction = model.predict(x[:5], verbose=0)
weights = model.get_weights()
