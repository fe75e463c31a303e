import os
import tempfile
import numpy as np
import tensorflow as tf

w = tf.Variable([[0.5, -0.3], [0.2, 0.9]], name="w")
b = tf.Variable(tf.zeros(2))
opt = tf.keras.optimizers.SGD(0.1, momentum=0.9)
x = tf.constant(np.sin(np.arange(10)).reshape(5, 2), tf.float32)
y = tf.one_hot([0, 1, 1, 0, 1], 2)


@tf.function(input_signature=[tf.TensorSpec([None, 2]), tf.TensorSpec([None, 2])])
def step(x, y):
    with tf.GradientTape() as tape:
        logits = x @ w + b
        loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=logits))
    gw, gb = tape.gradient(loss, [w, b])
    opt.apply_gradients([(gw, w), (gb, b)])
    return loss


losses = [step(x, y).numpy() for _ in range(3)]
ck = tf.train.Checkpoint(w=w, b=b)
path = ck.save(os.path.join(tempfile.mkdtemp(), "ck"))
w.assign(tf.zeros_like(w))
b.assign_add([1.0, 1.0])
ck.restore(path)
losses += [step(x, y).numpy() for _ in range(2)]
outputs = np.array(losses)
weights = [w.numpy(), b.numpy()]
print(np.round(losses, 4), w.name, w.shape, b.dtype)
