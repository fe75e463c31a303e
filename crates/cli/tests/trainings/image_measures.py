# How alike images are, their edges and slopes; the likeliest labels of sequences.
import numpy as np
import tensorflow as tf

x = tf.constant(np.sin(np.arange(2 * 6 * 5 * 2)).reshape(2, 6, 5, 2), tf.float32)
y = tf.constant(np.cos(np.arange(2 * 6 * 5 * 2) * 0.7).reshape(2, 6, 5, 2), tf.float32)
v = tf.Variable(x)
with tf.GradientTape() as tape:
    likeness = tf.reduce_mean(tf.image.ssim(v, y, 2.0, filter_size=3, filter_sigma=0.8, k1=0.02))
gradients = [tape.gradient(likeness, v).numpy()]
dy, dx = tf.image.image_gradients(x)
decoded, score = tf.nn.ctc_greedy_decoder(tf.transpose(x[..., 0], [1, 0, 2]), [6, 4])
outputs = {
    "ssim": tf.image.ssim(x, y, max_val=1.0, filter_size=5).numpy(),
    "dy": dy.numpy()[0, :, :, 1],
    "dx": dx.numpy()[1, :, :, 0],
    "sobel": tf.image.sobel_edges(x).numpy()[0, 2],
    "decoded": tf.sparse.to_dense(decoded[0]).numpy(),
    "score": score.numpy(),
    "slopes": np.gradient(np.array([1.0, 2.0, 4.0, 7.0]), np.log([1.0, 2.0, 3.0, 5.0])),
    "inverse": np.linalg.pinv(np.arange(6.0).reshape(3, 2)),
    "windows": np.lib.stride_tricks.sliding_window_view(np.arange(12.0).reshape(3, 4), (2, 3))[0, 1],
    "table": np.genfromtxt(["1,2.5,x", "4,,6"], delimiter=","),
    "soft": tf.nn.softmax_cross_entropy_with_logits(tf.nn.relu(x[0, 0]), y[0, 0]).numpy(),
}
