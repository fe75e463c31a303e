import numpy as np
import pandas as pd
import tensorflow as tf

HORIZON = 1
WINDOW_SIZE = 7
N_NEURONS = 64
N_LAYERS = 3
N_STACKS = 5
THETA_SIZE = WINDOW_SIZE + HORIZON + 1

dates = pd.date_range("2013-10-01", periods=300, freq="D")
df = pd.DataFrame({"Price": np.random.rand(300).cumsum()}, index=dates)
df.index.name = "Date"

bitcoin = df.copy()
for i in range(WINDOW_SIZE):
    bitcoin[f"Price+{i+1}"] = bitcoin["Price"].shift(periods=i + 1)

X = bitcoin.dropna().drop("Price", axis=1)
y = bitcoin.dropna()["Price"]
split = int(len(X) * 0.8)
X_train, y_train = X[:split], y[:split]
X_test, y_test = X[split:], y[split:]
len(X_train), len(X_test)

train_features = tf.data.Dataset.from_tensor_slices(X_train)
train_labels = tf.data.Dataset.from_tensor_slices(y_train)
train_dataset = tf.data.Dataset.zip((train_features, train_labels)).batch(64).prefetch(tf.data.AUTOTUNE)
test_dataset = tf.data.Dataset.zip((
    tf.data.Dataset.from_tensor_slices(X_test),
    tf.data.Dataset.from_tensor_slices(y_test))).batch(64).prefetch(tf.data.AUTOTUNE)


class NBeatsBlock(tf.keras.layers.Layer):
    def __init__(self, input_size: int, theta_size: int, horizon: int, n_neurons: int, n_layers: int, **kwargs):
        super().__init__(**kwargs)
        self.input_size = input_size
        self.theta_size = theta_size
        self.horizon = horizon
        self.n_neurons = n_neurons
        self.n_layers = n_layers
        self.hidden = [tf.keras.layers.Dense(n_neurons, activation="relu") for _ in range(n_layers)]
        self.theta_layer = tf.keras.layers.Dense(theta_size, activation="linear", name="theta")

    def call(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        theta = self.theta_layer(x)
        backcast, forecast = theta[:, :self.input_size], theta[:, -self.horizon - 1:]
        return backcast, forecast


tf.random.set_seed(42)
block = NBeatsBlock(WINDOW_SIZE, THETA_SIZE, HORIZON, N_NEURONS, N_LAYERS, name="InitialBlock")
stack_input = tf.keras.layers.Input(shape=(WINDOW_SIZE,), name="stack_input")
backcast, forecast = block(stack_input)
residuals = tf.keras.layers.subtract([stack_input, backcast], name="subtract_00")
for i, _ in enumerate(range(N_STACKS - 1)):
    backcast, block_forecast = NBeatsBlock(
        input_size=WINDOW_SIZE, theta_size=HORIZON, horizon=HORIZON,
        n_neurons=N_NEURONS, n_layers=N_LAYERS, name=f"NBeatsBlock_{i}")(residuals)
    residuals = tf.keras.layers.subtract([residuals, backcast], name=f"subtract_{i}")
    forecast = tf.keras.layers.add([forecast, block_forecast], name=f"add_{i}")
model_7 = tf.keras.Model(inputs=stack_input, outputs=forecast, name="model_7_nbeats")
model_7.compile(loss="mae", optimizer=tf.keras.optimizers.Adam(), metrics=["mae", "mse"])
model_7.fit(train_dataset, epochs=2, validation_data=test_dataset, verbose=0,
            callbacks=[tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=200, restore_best_weights=True),
                       tf.keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=100, verbose=1)])
print(model_7.evaluate(test_dataset))
preds = tf.squeeze(model_7.predict(test_dataset))
mae = tf.keras.metrics.mean_absolute_error(y_test, preds)
print(mae.numpy())
