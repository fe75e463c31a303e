"""Learning rate schedules."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import optimizers, layers, models

S = optimizers.schedules
schedules = [
    S.ExponentialDecay(0.1, decay_steps=3, decay_rate=0.5, staircase=True),
    S.ExponentialDecay(0.1, decay_steps=4, decay_rate=0.8),
    S.PiecewiseConstantDecay([2, 5], [0.1, 0.05, 0.01]),
    S.PolynomialDecay(0.1, decay_steps=5, end_learning_rate=0.01, power=2.0),
    S.PolynomialDecay(0.1, decay_steps=3, end_learning_rate=0.02, cycle=True),
    S.InverseTimeDecay(0.1, decay_steps=2, decay_rate=0.5),
    S.CosineDecay(0.0, decay_steps=6, alpha=0.1, warmup_target=0.1, warmup_steps=3),
    S.CosineDecayRestarts(0.1, first_decay_steps=3, t_mul=1.5, m_mul=0.9, alpha=0.05),
]
x = np.linspace(-1, 1, 18).reshape(9, 2).astype("float32")
y = np.sin(x * 3).sum(axis=1)
history, outputs = {}, {"rates": np.array([[float(s(step)) for step in range(8)] for s in schedules])}
for at, schedule in enumerate(schedules):
    model = models.Sequential([layers.Input(shape=(2,)), layers.Dense(3, "relu"), layers.Dense(1)])
    model.set_weights([0.8 * np.sin(np.arange(w.size) + 0.4).reshape(w.shape) for w in model.get_weights()])
    model.compile(optimizer=optimizers.SGD(schedule, momentum=0.5), loss="mean_squared_error")
    history[f"loss{at}"] = model.fit(x, y, epochs=3, batch_size=3, shuffle=False, verbose=0).history["loss"]
    outputs[f"bias{at}"] = model.get_weights()[-1]
