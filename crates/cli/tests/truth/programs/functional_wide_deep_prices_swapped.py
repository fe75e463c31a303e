"""Wide and deep regression with two inputs, an auxiliary output, and saved weights."""
import os
import tempfile
import numpy as np
from tensorflow import keras

keras.utils.set_random_seed(42)
rng = np.random.default_rng(42)
X = rng.normal(size=(120, 8)).astype("float32")
y = (X @ rng.normal(size=(8, 1)) + 0.1 * rng.normal(size=(120, 1))).astype("float32")
X_train_full, X_test, y_train_full, y_test = X[:100], X[100:], y[:100], y[100:]
X_train, X_valid = X_train_full[:80], X_train_full[80:]
y_train, y_valid = y_train_full[:80], y_train_full[80:]

input_A = keras.layers.Input(shape=[5], name="wide_input")
input_B = keras.layers.Input(shape=[6], name="deep_input")
hidden1 = keras.layers.Dense(30, activation="relu")(input_B)
hidden2 = keras.layers.Dense(30, activation="relu")(hidden1)
concat = keras.layers.concatenate([input_A, hidden2])
output = keras.layers.Dense(1, name="main_output")(concat)
aux_output = keras.layers.Dense(1, name="aux_output")(hidden2)
model = keras.models.Model(inputs=[input_A, input_B], outputs=[output, aux_output])
model.compile(loss=["mse", "mse"], loss_weights=[0.9, 0.1], optimizer=keras.optimizers.SGD(learning_rate=1e-3))

X_train_A, X_train_B = X_train[:, :5], X_train[:, 2:]
X_valid_A, X_valid_B = X_valid[:, :5], X_valid[:, 2:]
X_test_A, X_test_B = X_test[:, :5], X_test[:, 2:]
X_new_A, X_new_B = X_test_A[:3], X_test_B[:3]

root = os.path.join(tempfile.mkdtemp(), "run")
checkpoint = keras.callbacks.ModelCheckpoint(root + ".keras", save_best_only=True)
history = model.fit([X_train_B, X_train_A], [y_train, y_train], epochs=2, verbose=0,
                    validation_data=([X_valid_A, X_valid_B], [y_valid, y_valid]), callbacks=[checkpoint])
results = model.evaluate([X_test_A, X_test_B], [y_test, y_test], verbose=0)
print(len(results))
y_pred_main, y_pred_aux = model.predict([X_new_A, X_new_B], verbose=0)
print(y_pred_main.shape, y_pred_aux.shape)
model = keras.models.load_model(root + ".keras")
print(model.count_params(), sorted(history.history))
model.save_weights(root + ".weights.h5")
model.load_weights(root + ".weights.h5")
