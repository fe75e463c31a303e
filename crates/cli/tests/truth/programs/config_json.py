"""Sequential models from a configuration."""
import json
import numpy as np
import tensorflow as tf

CONFIG = json.loads("""
{"layers": [{"kind": "dense", "units": 16, "activation": "relu"},
            {"kind": "dropout", "rate": 0.3},
            {"kind": "dense", "units": 8, "activation": "relu"},
            {"kind": "dense", "units": 3, "activation": "softmax"}],
 "optimizer": {"name": "adam", "learning_rate": 0.01},
 "input": [10]}
""")
KINDS = {
    "dense": lambda c: tf.keras.layers.Dense(c["units"], activation=c["activation"]),
    "dropout": lambda c: tf.keras.layers.Dropout(c["rate"]),
}


def build(config):
    model = tf.keras.Sequential([tf.keras.Input(shape=tuple(config["input"]))])
    for layer in config["layers"]:
        model.add(KINDS[layer["kind"]](layer))
    optimizer = tf.keras.optimizers.get(config["optimizer"]["name"])
    optimizer.learning_rate = config["optimizer"]["learning_rate"]
    model.compile(optimizer=optimizer, loss="categorical_crossentropy")
    return model


model = build(CONFIG)
labels = tf.keras.utils.to_categorical(np.random.randint(0, 3, size=20))
labels = np.vstack([labels, np.eye(labels.shape[1])])[:20]
model.fit(np.random.rand(20, 10), np.eye(3)[np.random.randint(0, 3, size=20)], verbose=0)
print(model.output_shape)
