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


x = np.sin(np.outer(np.arange(15), [0.4, 1.3, 2.2])).astype("float32")
y = np.stack([x.sum(axis=1), x[:, 0] * x[:, 1]], axis=1).astype("float32")
M = keras.metrics
model = keras.Sequential([layers.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(2)])
fill(model, 0.8)


def spread(y_true, y_pred):
    return tf.reduce_max(tf.abs(y_true - y_pred), axis=-1)


model.compile(keras.optimizers.Adam(0.02, epsilon=1e-3), "huber",
              metrics=[spread, M.R2Score(class_aggregation="uniform_average"), M.R2Score(class_aggregation="variance_weighted_average", name="r2v"),
                       M.MeanMetricWrapper(spread, name="wrapped"), M.MeanSquaredError(), M.RootMeanSquaredError(), M.MeanAbsolutePercentageError(),
                       M.LogCoshError(name="lc"), M.CosineSimilarity(axis=-1)],
              weighted_metrics=["mse", M.RootMeanSquaredError(name="wr")])
history = model.fit(x, y, sample_weight=np.linspace(2.0, 0.5, 15), batch_size=4, epochs=3, shuffle=False, verbose=0,
                    validation_data=(x[3:9], y[3:9], np.arange(6) + 0.5))
outputs = {"mean": None}
m = M.MeanTensor(shape=(2,)) if hasattr(M, "MeanTensor") else M.Mean()
m.update_state([1.0, 3.0]); m.update_state([5.0, 2.0], sample_weight=[0.2, 0.7])
s = M.Sum(); s.update_state([1.0, 2.0]); s.update_state(4.0, sample_weight=0.5)
r = M.MeanRelativeError(normalizer=[1.0, 3.0]) if hasattr(M, "MeanRelativeError") else M.Mean()
r.update_state([1.0, 2.0], [0.5, 3.0])
outputs = {"mean": m.result().numpy(), "sum": s.result().numpy(), "rel": r.result().numpy()}
