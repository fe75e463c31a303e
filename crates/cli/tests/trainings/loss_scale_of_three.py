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


x = np.cos(np.arange(32) * 0.37).reshape(8, 4).astype("float32")
y = np.sin(x.sum(axis=1, keepdims=True)).astype("float32")
z = y.copy()
z[5] = np.inf
history, outputs = {}, {}
for name, labels, inner in [("sgd", y, keras.optimizers.SGD(0.05, momentum=0.5, weight_decay=0.01)), ("adam", y, keras.optimizers.Adam(0.05, epsilon=1e-3)),
                            ("inf", z, keras.optimizers.Adam(0.05, epsilon=1e-3))]:
    three = hasattr(keras, "ops")
    if name == "inf" and not three:
        continue
    opt = keras.optimizers.LossScaleOptimizer(inner, initial_scale=256.0, dynamic_growth_steps=3) if three else inner
    model = keras.Sequential([layers.Input((4,)), layers.Dense(5, activation="tanh"), layers.Dense(1)])
    fill(model, 0.5)
    model.compile(opt, "mse" if name != "inf" else "mae")
    h = model.fit(x, labels, batch_size=4, epochs=4, shuffle=False, verbose=0, callbacks=[keras.callbacks.LearningRateScheduler(lambda e, r: r * 0.9)])
    history[name] = h.history["loss"]
    outputs[name] = {"w": model.get_weights()[0], "n": np.array(int(opt.iterations)), "rate": np.array(float(opt.learning_rate))}
    if three:
        outputs[name]["scale"] = np.array([float(opt.dynamic_scale), float(opt.step_counter)])
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x) - y) ** 2)
            scaled = opt.scale_loss(loss)
        g = tape.gradient(scaled, model.trainable_variables)
        opt.apply_gradients(zip(g, model.trainable_variables))
        outputs[name]["after"] = model.get_weights()[0]
