import numpy as np
import tensorflow as tf

teacher = tf.keras.Sequential([tf.keras.layers.Dense(32, activation="relu", input_shape=(10,)), tf.keras.layers.Dense(5)])
student = tf.keras.Sequential([tf.keras.layers.Dense(8, activation="relu", input_shape=(10,)), tf.keras.layers.Dense(5)])
ce = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
kl = tf.keras.losses.KLDivergence()
opt = tf.keras.optimizers.SGD(0.1, momentum=0.9)
acc = tf.keras.metrics.SparseCategoricalAccuracy()
T, alpha = 4.0, 0.3


@tf.function
def step(x, y):
    soft = tf.nn.softmax(teacher(x, training=False) / T)
    with tf.GradientTape() as tape:
        logits = student(x, training=True)
        hard = ce(y, logits)
        loss = alpha * hard + (1 - alpha) * T ** 2 * kl(soft, tf.nn.softmax(logits / T))
    grads = tape.gradient(loss, student.trainable_variables)
    grads, norm = tf.clip_by_global_norm(grads, 1.0)
    opt.apply_gradients(zip(grads, student.trainable_variables))
    acc.update_state(y.numpy(), logits)
    return loss, norm


x = np.random.rand(48, 10).astype(np.float32)
y = np.random.randint(0, 5, 48)
ds = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(48).batch(12)
for epoch in range(2):
    acc.reset_state()
    for xb, yb in ds:
        loss, norm = step(xb, yb)
print(loss.shape, acc.result().numpy() <= 1)
