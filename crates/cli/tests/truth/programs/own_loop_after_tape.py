"""A training loop of one's own."""
import numpy as np
import tensorflow as tf

model = tf.keras.Sequential([
    tf.keras.layers.Dense(16, activation="relu", input_shape=(6,)),
    tf.keras.layers.Dense(3),
])
optimizer = tf.keras.optimizers.SGD(learning_rate=1e-2)
loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
train_metric = tf.keras.metrics.SparseCategoricalAccuracy()
x = np.random.rand(64, 6).astype("float32")
y = np.random.randint(0, 3, 64)
dataset = tf.data.Dataset.from_tensor_slices((x, y)).batch(16)


@tf.function
def train_step(batch, labels):
    with tf.GradientTape() as tape:
        logits = model(batch, training=True)
    loss = loss_fn(labels, logits)
    grads = tape.gradient(loss, model.trainable_weights)
    optimizer.apply_gradients(zip(grads, model.trainable_weights))
    train_metric.update_state(labels, logits)
    return loss


for epoch in range(2):
    for step, (batch, labels) in enumerate(dataset):
        loss = train_step(batch, labels)
        if step % 2 == 0:
            print("epoch %d step %d" % (epoch, step), float(loss) >= 0)
    print("accuracy", 0 <= float(train_metric.result()) <= 1)
    train_metric.reset_state()
