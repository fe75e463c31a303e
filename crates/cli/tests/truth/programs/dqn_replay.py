import random
from collections import deque

import numpy as np
from tensorflow.keras.models import Sequential, clone_model
from tensorflow.keras.layers import Dense
from tensorflow.keras.optimizers import Adam


class Env:
    n = 4

    def reset(self):
        self.t = 0
        return np.random.randn(self.n), {}

    def step(self, action):
        self.t += 1
        return np.random.randn(self.n), 1.0, self.t >= 20, False, {}


class Agent:
    def __init__(self, state_size, action_size):
        self.state_size = state_size
        self.action_size = action_size
        self.memory = deque(maxlen=200)
        self.gamma, self.epsilon, self.decay = 0.95, 1.0, 0.99
        self.model = self._build()
        self.target = clone_model(self.model)
        self.target.set_weights(self.model.get_weights())

    def _build(self):
        model = Sequential()
        model.add(Dense(24, input_dim=self.state_size, activation="relu"))
        model.add(Dense(24, activation="relu"))
        model.add(Dense(self.action_size, activation="linear"))
        model.compile(loss="mse", optimizer=Adam(learning_rate=0.001))
        return model

    def act(self, state):
        if np.random.rand() <= self.epsilon:
            return random.randrange(self.action_size)
        return np.argmax(self.model.predict(state, verbose=0)[0])

    def replay(self, batch_size):
        minibatch = random.sample(self.memory, batch_size)
        states = np.concatenate([m[0] for m in minibatch])
        next_states = np.concatenate([m[3] for m in minibatch])
        q = self.model.predict(states, verbose=0)
        q_next = self.target.predict(next_states, verbose=0)
        for i, (_, action, reward, _, done) in enumerate(minibatch):
            q[i, action] = reward if done else reward + self.gamma * np.amax(q_next[i])
        self.model.fit(states, q, epochs=1, verbose=0)
        self.epsilon *= self.decay


env = Env()
agent = Agent(4, 2)
for episode in range(2):
    state, _ = env.reset()
    state = np.reshape(state, [1, agent.state_size])
    done = False
    while not done:
        action = agent.act(state)
        next_state, reward, terminated, truncated, _ = env.step(action)
        done = terminated or truncated
        next_state = np.reshape(next_state, [1, agent.state_size])
        agent.memory.append((state, action, reward, next_state, done))
        state = next_state
    if len(agent.memory) > 16:
        agent.replay(16)
    agent.target.set_weights(agent.model.get_weights())
print(len(agent.memory), round(agent.epsilon, 4))
