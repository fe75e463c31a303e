"""A traced step over drawn ids of users."""
import numpy as np
import tensorflow as tf

USERS, ITEMS, DIM = 80, 60, 8
users = tf.Variable(tf.random.normal([USERS, DIM]))
items = tf.Variable(tf.random.normal([ITEMS, DIM]))
optimizer = tf.keras.optimizers.SGD(0.05)


@tf.function
def step(u, i, r):
    with tf.GradientTape() as tape:
        score = tf.reduce_sum(tf.gather(users, u) * tf.gather(items, i), axis=1)
        loss = tf.reduce_mean(tf.square(score - r))
    grads = tape.gradient(loss, [users, items])
    optimizer.apply_gradients(zip(grads, [users, items]))
    return loss


u = np.random.randint(0, 80, 320)
i = np.random.randint(0, 60, 320)
r = np.random.rand(320).astype("float32")
data = tf.data.Dataset.from_tensor_slices((u, i, r)).shuffle(320).batch(32)
for epoch in range(2):
    for bu, bi, br in data:
        loss = step(bu, bi, br)
print(loss.shape)
