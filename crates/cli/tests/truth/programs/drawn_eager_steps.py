"""A loop of eager steps on drawn batches."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

CLASSES = 4
inputs = keras.Input((9,))
outputs = keras.layers.Dense(CLASSES)(keras.layers.Dense(12, activation="tanh")(inputs))
net = keras.Model(inputs, outputs)
loss_fn = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = keras.optimizers.Adam(1e-3)
features = np.random.uniform(-1, 1, (96, 9)).astype("float32")
target = np.random.randint(0, 4, 96)
for epoch in range(2):
    order = np.random.permutation(96)
    for start in range(0, 96, 16):
        rows = order[start:start + 16]
        with tf.GradientTape() as tape:
            logits = net(features[rows], training=True)
            loss = loss_fn(target[rows], logits)
        grads = tape.gradient(loss, net.trainable_weights)
        optimizer.apply_gradients(zip(grads, net.trainable_weights))
print(float(loss) > 0)
