import collections
import numpy as np
from tensorflow import keras

Step = collections.namedtuple("Step", "s a r n d")
buffer = collections.deque(maxlen=16)
for i in range(20):
    s = np.sin(np.arange(3) + i)
    buffer.append(Step(s, i % 2, float(np.cos(i)), np.sin(np.arange(3) + i + 1), i % 7 == 6))


def net():
    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(6, activation="relu"), keras.layers.Dense(2, activation="linear")])


online, target = net(), net()
online.set_weights([0.5 * np.cos(np.arange(18)).reshape(3, 6), np.zeros(6), 0.5 * np.sin(np.arange(12)).reshape(6, 2), np.zeros(2)])
target.set_weights(online.get_weights())
online.compile(keras.optimizers.Adam(0.01), loss="huber")
tau, errors = 0.2, []
for it in range(4):
    batch = [buffer[(it * 3 + j) % len(buffer)] for j in range(6)]
    s, n = np.stack([b.s for b in batch]), np.stack([b.n for b in batch])
    a, r, d = (np.array([getattr(b, k) for b in batch]) for k in "ard")
    q = online.predict(s, verbose=0)
    best = online.predict_on_batch(n).argmax(axis=1)
    future = target.predict_on_batch(n)[np.arange(6), best]
    before = q[np.arange(6), a]
    q[np.arange(6), a] = r + 0.95 * future * (1 - d)
    errors.append(np.abs(q[np.arange(6), a] - before).mean())
    online.train_on_batch(s, q)
    target.set_weights([tau * w + (1 - tau) * t for w, t in zip(online.get_weights(), target.get_weights())])
outputs = np.array(errors)
weights = target.get_weights()
prediction = online.predict(s, verbose=0)
