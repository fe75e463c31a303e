import random
from collections import deque, namedtuple
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model, optimizers

Transition = namedtuple("Transition", ["state", "action", "reward", "next_state", "done"])


class FakePendulum:
    observation_dim, action_dim, max_action = 3, 1, 2.0

    def reset(self):
        self.t = 0
        return np.random.randn(3).astype(np.float32)

    def step(self, action):
        self.t += 1
        return np.random.randn(3).astype(np.float32), float(-np.abs(action).sum()), self.t >= 20, {}


class Actor(Model):
    def __init__(self, action_dim, max_action):
        super().__init__()
        self.l1 = layers.Dense(32, activation="relu")
        self.l2 = layers.Dense(32, activation="relu")
        self.l3 = layers.Dense(action_dim, activation="tanh")
        self.max_action = max_action

    def call(self, s):
        return self.max_action * self.l3(self.l2(self.l1(s)))


class Critic(Model):
    def __init__(self):
        super().__init__()
        self.q1 = tf.keras.Sequential([layers.Dense(32, "relu"), layers.Dense(1)])
        self.q2 = tf.keras.Sequential([layers.Dense(32, "relu"), layers.Dense(1)])

    def call(self, inputs):
        s, a = inputs
        sa = tf.concat([s, a], axis=1)
        return self.q1(sa), self.q2(sa)


class Replay:
    def __init__(self, size=1000):
        self.buf = deque(maxlen=size)

    def add(self, *args):
        self.buf.append(Transition(*args))

    def sample(self, n):
        batch = Transition(*zip(*random.sample(self.buf, n)))
        f = lambda x: tf.convert_to_tensor(np.array(x, dtype=np.float32))
        return f(batch.state), f(batch.action), f(batch.reward)[:, None], f(batch.next_state), f(batch.done)[:, None]

    def __len__(self):
        return len(self.buf)


class TD3:
    def __init__(self, env, gamma=0.99, tau=0.005):
        self.env, self.gamma, self.tau = env, gamma, tau
        self.actor, self.actor_target = Actor(env.action_dim, env.max_action), Actor(env.action_dim, env.max_action)
        self.critic, self.critic_target = Critic(), Critic()
        s, a = tf.zeros((1, env.observation_dim)), tf.zeros((1, env.action_dim))
        for m in (self.actor, self.actor_target):
            m(s)
        for m in (self.critic, self.critic_target):
            m([s, a])
        self.actor_target.set_weights(self.actor.get_weights())
        self.critic_target.set_weights(self.critic.get_weights())
        self.a_opt, self.c_opt = optimizers.Adam(3e-4), optimizers.Adam(3e-4)
        self.it = 0

    def act(self, state, noise=0.1):
        a = self.actor(state[None])[0].numpy()
        return np.clip(a + np.random.normal(0, noise, size=a.shape), -self.env.max_action, self.env.max_action)

    def soft_update(self, target, source):
        for t, s in zip(target.trainable_variables, source.trainable_variables):
            t.assign(self.tau * s + (1.0 - self.tau) * t)

    def train(self, replay, batch=16):
        self.it += 1
        s, a, r, s2, d = replay.sample(batch)
        noise = tf.clip_by_value(tf.random.normal(tf.shape(a), stddev=0.2), -0.5, 0.5)
        a2 = tf.clip_by_value(self.actor_target(s2) + noise, -self.env.max_action, self.env.max_action)
        tq1, tq2 = self.critic_target([s2, a2])
        target = tf.stop_gradient(r + self.gamma * (1 - d) * tf.minimum(tq1, tq2))
        
        with tf.GradientTape() as tape:
            q1, q2 = self.critic([s, a])
            loss = tf.reduce_mean(tf.keras.losses.mse(target, q1)) + tf.reduce_mean(tf.keras.losses.mse(target, q2))
        grads = tape.gradient(loss, self.critic.trainable_variables)
        self.c_opt.apply_gradients(zip(grads, self.critic.trainable_variables))
        if self.it % 2 == 0:
            with tf.GradientTape() as tape:
                aloss = -tf.reduce_mean(self.critic([s, self.actor(s)])[0])
            grads = tape.gradient(aloss, self.actor.trainable_variables)
            self.a_opt.apply_gradients(zip(grads, self.actor.trainable_variables))
            self.soft_update(self.critic_target, self.critic)
            self.soft_update(self.actor_target, self.actor)
        return float(loss)


def main():
    env = FakePendulum()
    agent, replay = TD3(env), Replay()
    for episode in range(2):
        state, done, score = env.reset(), False, 0.0
        while not done:
            action = agent.act(state)
            nxt, reward, done, _ = env.step(action)
            replay.add(state, action, reward, nxt, float(done))
            state, score = nxt, score + reward
            if len(replay) > 18:
                agent.train(replay)
        print("episode", episode, score < 0)


main()
