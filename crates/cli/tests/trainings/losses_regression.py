import numpy as np
from tensorflow import keras

x = np.sin(np.outer(np.arange(9), [0.4, 1.3, 2.2])).astype("float32")
y = (np.abs(np.cos(np.outer(np.arange(9), [0.9, 0.5]))) + 0.1).astype("float32")
losses = {
    "mse": "mse", "mae": "mae", "mape": "mape", "msle": "msle",
    "huber": keras.losses.Huber(delta=0.4), "log_cosh": keras.losses.LogCosh(),
    "cosine": keras.losses.CosineSimilarity(axis=-1), "poisson": keras.losses.Poisson(),
    "kld": "kl_divergence",
    "sum": keras.losses.MeanSquaredError(reduction="sum"),
}
history = {}
for name, loss in losses.items():
    model = keras.Sequential([
        keras.Input((3,)),
        keras.layers.Dense(4, activation="elu"),
        keras.layers.Dense(2, activation="softplus"),
    ])
    model.set_weights([0.4 * np.cos(np.arange(w.size) * 1.1).reshape(w.shape) for w in model.get_weights()])
    model.compile(keras.optimizers.SGD(0.02), loss=loss,
                  metrics=[keras.metrics.RootMeanSquaredError(name="rmse"), "mae",
                           keras.metrics.CosineSimilarity(name="cos"), keras.metrics.MeanAbsolutePercentageError(name="mape")])
    done = model.fit(x, y, sample_weight=np.linspace(0.5, 2.0, 9), batch_size=4, epochs=2, shuffle=False, verbose=0)
    for key, values in done.history.items():
        history[f"{name}/{key}"] = values
prediction = model.predict(x, verbose=0)
