from __future__ import annotations

import random
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Dict, List

import numpy as np
from tensorflow import keras


@dataclass
class Client:
    name: str
    x: np.ndarray
    y: np.ndarray
    history: List[float] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.x)


def make_model(n_features: int) -> keras.Model:
    model = keras.models.Sequential()
    model.add(keras.layers.Input(shape=(n_features,)))
    model.add(keras.layers.Dense(16, activation="relu"))
    model.add(keras.layers.Dense(3, activation="softmax"))
    model.compile(optimizer=keras.optimizers.SGD(learning_rate=0.1), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def scale(weights, factor):
    return [w * factor for w in weights]


def aggregate(scaled: List[List[np.ndarray]]) -> List[np.ndarray]:
    return [np.sum(layer, axis=0) for layer in zip(*scaled)]


def split(x, y, n) -> Dict[str, Client]:
    idx = np.random.permutation(len(x))
    shards = np.array_split(idx, n)
    return OrderedDict((f"client_{i}", Client(f"client_{i}", x[s], y[s])) for i, s in enumerate(shards))


if __name__ == "__main__":
    np.random.seed(1)
    random.seed(1)
    x = np.random.randn(300, 8).astype("float32")
    y = np.random.randint(0, 3, size=300)
    clients = split(x, y, 4)
    global_model = make_model(8)
    total = sum(c.size for c in clients.values())
    for rnd in range(2):
        global_weights = global_model.get_weights()
        names = list(clients)
        random.shuffle(names)
        updates = []
        for name in names:
            client = clients[name]
            local = make_model(8)
            local.set_weights(global_weights)
            h = local.fit(client.x, client.y, epochs=1, batch_size=32, verbose=0)
            client.history += h.history["loss"]
            updates.append(scale(local.get_weights(), client.size / total))
            keras.backend.clear_session()
        global_model.set_weights(aggregate(updates))
        loss, acc = global_model.evaluate(x, y, verbose=0)
        print(f"round {rnd} | loss {loss:.3f} | acc {acc:.3%}")
    print({k: len(v.history) for k, v in clients.items()})
