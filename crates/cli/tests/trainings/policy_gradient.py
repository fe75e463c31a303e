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

states = np.sin(np.arange(10 * 4) * 0.6).reshape(10, 4).astype("float32")
actions = np.arange(10) * 3 % 2
rewards = np.cos(np.arange(10) * 0.9)
def discount(r, gamma=0.9):
    out, run = np.zeros_like(r), 0.0
    for t in reversed(range(len(r))):
        run = r[t] + gamma * run
        out[t] = run
    return (out - out.mean()) / (out.std() + 1e-8)
actor = keras.Sequential([layers.Input((4,)), layers.Dense(8, "relu"), layers.Dense(2)])
critic = keras.Sequential([layers.Input((4,)), layers.Dense(8, "tanh"), layers.Dense(1)])
fill(actor)
fill(critic)
oa, oc = keras.optimizers.Adam(0.01), keras.optimizers.RMSprop(0.01)
hist = {"a": [], "c": [], "e": []}
ret = discount(rewards).astype("float32")
for _ in range(4):
    with tf.GradientTape(persistent=True) as tape:
        logits = actor(states)
        v = tf.squeeze(critic(states), -1)
        adv = tf.stop_gradient(ret - v)
        logp = tf.gather(tf.nn.log_softmax(logits), actions, axis=1, batch_dims=1)
        ent = -tf.reduce_mean(tf.reduce_sum(tf.nn.softmax(logits) * tf.nn.log_softmax(logits), 1))
        al = -tf.reduce_mean(logp * adv) - 0.01 * ent
        cl = tf.reduce_mean(tf.square(ret - v))
    oa.apply_gradients(zip(tape.gradient(al, actor.trainable_variables), actor.trainable_variables))
    oc.apply_gradients(zip(tape.gradient(cl, critic.trainable_variables), critic.trainable_variables))
    del tape
    hist["a"].append(float(al)); hist["c"].append(float(cl)); hist["e"].append(float(ent))
history = hist
weights = actor.get_weights() + critic.get_weights()
