"""A policy and a value from one trunk, trained by hand on recorded steps."""
from collections import deque, namedtuple

import numpy as np
import tensorflow as tf

Step = namedtuple("Step", "state action reward")
STATES, ACTIONS = 4, 2


class ActorCritic(tf.keras.Model):
    def __init__(self, hidden=16):
        super().__init__()
        self.common = tf.keras.layers.Dense(hidden, activation="relu")
        self.actor = tf.keras.layers.Dense(ACTIONS)
        self.critic = tf.keras.layers.Dense(1)

    def call(self, inputs):
        x = self.common(inputs)
        return self.actor(x), self.critic(x)


def returns(rewards, gamma=0.9):
    total, out = 0.0, []
    for reward in reversed(rewards):
        total = reward + gamma * total
        out.append(total)
    out = np.array(out[::-1], dtype="float32")
    return (out - out.mean()) / (out.std() + 1e-6)


model, optimizer = ActorCritic(), tf.keras.optimizers.Adam(0.01)
memory = deque(maxlen=100)
state = np.zeros(STATES, dtype="float32")
for t in range(8):
    logits, value = model(tf.expand_dims(state, 0))
    action = int(tf.random.categorical(logits, 1)[0, 0])
    memory.append(Step(state, action, 1.0))
    state = np.random.randn(STATES).astype("float32")

states = tf.stack([s.state for s in memory])
actions = tf.constant([s.action for s in memory])
target = tf.constant(returns([s.reward for s in memory]))
with tf.GradientTape() as tape:
    logits, values = model(states)
    log_probs = tf.nn.log_softmax(logits)
    chosen = tf.reduce_sum(log_probs * tf.one_hot(actions, ACTIONS), axis=1)
    advantage = target - tf.squeeze(values, 1)
    actor_loss = -tf.reduce_mean(chosen * advantage)
    critic_loss = tf.reduce_mean(tf.square(advantage))
    loss = actor_loss + 0.5 * critic_loss
grads = tape.gradient(loss, model.trainable_variables)
optimizer.apply_gradients(zip(grads, model.trainable_variables))
print(float(loss) == float(loss), [g.shape.as_list() for g in grads][:2])
