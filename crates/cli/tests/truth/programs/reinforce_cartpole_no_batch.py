"""Policy gradients on a made environment: returns, log probabilities, one tape per episode."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

num_inputs, num_actions, num_hidden, gamma = 4, 2, 16, 0.99
eps = np.finfo(np.float32).eps.item()


class Env:
    def __init__(self, seed=0):
        self.rng = np.random.default_rng(seed)

    def reset(self):
        self.t = 0
        return self.rng.normal(size=(num_inputs,)).astype("float32")

    def step(self, action):
        self.t += 1
        return self.rng.normal(size=(num_inputs,)).astype("float32"), 1.0, self.t >= 5, {}


inputs = layers.Input(shape=(num_inputs,))
common = layers.Dense(num_hidden, activation="relu")(inputs)
action = layers.Dense(num_actions, activation="softmax")(common)
critic = layers.Dense(1)(common)
model = keras.Model(inputs=inputs, outputs=[action, critic])
optimizer = keras.optimizers.Adam(learning_rate=0.01)
huber_loss = keras.losses.Huber()
env = Env()

for episode in range(2):
    action_probs_history, critic_value_history, rewards_history = [], [], []
    state = env.reset()
    with tf.GradientTape() as tape:
        for timestep in range(1, 10):
            state = tf.convert_to_tensor(state)
            action_probs, critic_value = model(state)
            critic_value_history.append(critic_value[0, 0])
            act = np.random.choice(num_actions, p=np.squeeze(action_probs).astype("float64") / np.sum(np.squeeze(action_probs).astype("float64")))
            action_probs_history.append(tf.math.log(action_probs[0, act]))
            state, reward, done, _ = env.step(act)
            rewards_history.append(reward)
            if done:
                break
        returns, discounted_sum = [], 0
        for r in rewards_history[::-1]:
            discounted_sum = r + gamma * discounted_sum
            returns.insert(0, discounted_sum)
        returns = np.array(returns)
        returns = (returns - np.mean(returns)) / (np.std(returns) + eps)
        returns = returns.tolist()
        actor_losses, critic_losses = [], []
        for log_prob, value, ret in zip(action_probs_history, critic_value_history, returns):
            diff = ret - value
            actor_losses.append(-log_prob * diff)
            critic_losses.append(huber_loss(tf.expand_dims(value, 0), tf.expand_dims(ret, 0)))
        loss_value = sum(actor_losses) + sum(critic_losses)
    grads = tape.gradient(loss_value, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    print(episode, float(loss_value) == float(loss_value))
