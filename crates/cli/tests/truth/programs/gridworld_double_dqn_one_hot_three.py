"""Double DQN on a line world: replay as arrays, target network, Huber loss with a mask."""
import random
from collections import deque, namedtuple
import numpy as np
import tensorflow as tf
from tensorflow import keras

Transition = namedtuple("Transition", "state action reward next_state done")


class LineWorld:
    size = 6

    def reset(self):
        self.at = 0
        return self._see()

    def _see(self):
        state = np.zeros(self.size, dtype=np.float32)
        state[self.at] = 1.0
        return state

    def step(self, action):
        self.at = min(max(self.at + (1 if action == 1 else -1), 0), self.size - 1)
        done = self.at == self.size - 1
        return self._see(), float(done), done, {}


class Memory:
    def __init__(self, capacity):
        self.buffer = deque(maxlen=capacity)

    def add(self, *args):
        self.buffer.append(Transition(*args))

    def sample(self, n):
        batch = random.sample(self.buffer, n)
        return [np.array(column) for column in zip(*batch)]


def make_q(size, actions):
    return keras.Sequential([keras.layers.Input((size,)), keras.layers.Dense(24, activation="relu"), keras.layers.Dense(actions)])


env, memory = LineWorld(), Memory(500)
q, target = make_q(env.size, 2), make_q(env.size, 2)
target.set_weights(q.get_weights())
optimizer, huber = keras.optimizers.Adam(1e-3), keras.losses.Huber()
state = env.reset()
for step in range(60):
    action = random.randrange(2)
    following, reward, done, _ = env.step(action)
    memory.add(state, action, reward, following, done)
    state = env.reset() if done else following
for update in range(3):
    states, actions, rewards, followings, dones = memory.sample(16)
    best = np.argmax(q.predict(followings, verbose=0), axis=1)
    future = target.predict(followings, verbose=0)[np.arange(16), best]
    goals = (rewards + 0.95 * future * (1 - dones)).astype("float32")
    with tf.GradientTape() as tape:
        values = q(states)
        chosen = tf.reduce_sum(values * tf.one_hot(actions, 3), axis=1)
        loss = huber(goals, chosen)
    grads = tape.gradient(loss, q.trainable_variables)
    optimizer.apply_gradients(zip(grads, q.trainable_variables))
    target.set_weights([0.9 * t + 0.1 * w for t, w in zip(target.get_weights(), q.get_weights())])
print(q.predict(env.reset()[None], verbose=0).shape)
