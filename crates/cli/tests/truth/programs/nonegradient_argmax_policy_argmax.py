"""A bandit whose policy loss is made of an argmax: no gradients reach the network."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

class Bandit:
    def __init__(self, arms=4, seed=0):
        self.rng = np.random.default_rng(seed)
        self.means = self.rng.normal(size=arms)

    def pull(self, arm):
        return float(self.rng.normal(self.means[arm], 0.1))


class Policy(keras.Model):
    def __init__(self, arms):
        super().__init__()
        self.hidden = keras.layers.Dense(16, activation="tanh")
        self.logits = keras.layers.Dense(arms)

    def call(self, context):
        return self.logits(self.hidden(context))


bandit = Bandit()
policy = Policy(4)
optimizer = keras.optimizers.Adam(0.01)
baseline = 0.0
for step in range(6):
    context = tf.random.normal((1, 3))
    with tf.GradientTape() as tape:
        logits = policy(context)
        action = tf.random.categorical(logits, 1)[0, 0]
        reward = bandit.pull(int(action))
        log_prob = tf.cast(tf.argmax(logits[0]), tf.float32)
        loss = -log_prob * (reward - baseline)
    grads = tape.gradient(loss, policy.trainable_variables)
    optimizer.apply_gradients(zip(grads, policy.trainable_variables))
    baseline = 0.9 * baseline + 0.1 * reward
    print(step, [g.shape.as_list() for g in grads])
policy.summary()
