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


frames = np.sin(np.arange(4 * 8 * 3) * 0.17).reshape(4, 8, 3).astype("float32")
labels = np.array([[1, 2, 2], [3, 1, 0], [2, 3, 1], [1, 1, 3]], "int32")

inputs = keras.Input((8, 3))
h = layers.Bidirectional(layers.GRU(4, return_sequences=True))(inputs)
model = keras.Model(inputs, layers.Dense(5)(h))
fill(model, 0.6)
opt = keras.optimizers.SGD(0.2, momentum=0.9)
losses = []
for step in range(4):
    with tf.GradientTape() as tape:
        logits = model(frames, training=True)
        loss = tf.reduce_mean(tf.nn.ctc_loss(labels, tf.transpose(logits, [1, 0, 2]), label_length=[3, 2, 3, 3],
                                             logit_length=[8, 8, 7, 8], blank_index=4))
    grads = tape.gradient(loss, model.trainable_variables)
    opt.apply_gradients(zip(grads, model.trainable_variables))
    losses.append(float(loss))
    print("step", step, "loss %.4f" % loss)
gradients = [g.numpy() for g in grads]
decoded, log_prob = tf.nn.ctc_greedy_decoder(tf.transpose(logits, [1, 0, 2]), [8, 8, 8, 8])
outputs = {"losses": np.array(losses), "dense": tf.sparse.to_dense(decoded[0]).numpy(), "lp": log_prob.numpy()}
weights = model.get_weights()
