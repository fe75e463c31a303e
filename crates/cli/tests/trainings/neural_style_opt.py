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

img = tf.Variable(np.abs(np.sin(np.arange(1 * 8 * 8 * 3) * 0.2)).reshape(1, 8, 8, 3).astype("float32"))
target = np.abs(np.cos(np.arange(1 * 8 * 8 * 3) * 0.3)).reshape(1, 8, 8, 3).astype("float32")
net = keras.Sequential([layers.Input((8, 8, 3)), layers.Conv2D(4, 3, activation="relu", name="c1"), layers.MaxPooling2D(), layers.Conv2D(6, 3, activation="relu", name="c2")])
fill(net, 0.3)
ext = keras.Model(net.inputs, [net.get_layer("c1").output, net.get_layer("c2").output])
ext.trainable = False
def gram(t):
    g = tf.linalg.einsum("bijc,bijd->bcd", t, t)
    s = tf.shape(t)
    return g / tf.cast(s[1] * s[2], tf.float32)
st = [gram(t) for t in ext(target)]
opt = keras.optimizers.Adam(0.02, beta_1=0.99, epsilon=1e-1)
hist = []
for _ in range(5):
    with tf.GradientTape() as tape:
        f = ext(img)
        loss = tf.add_n([tf.reduce_mean((gram(a) - b) ** 2) for a, b in zip(f, st)]) + 1e-3 * tf.reduce_sum(tf.image.total_variation(img))
    g = tape.gradient(loss, img)
    opt.apply_gradients([(g, img)])
    img.assign(tf.clip_by_value(img, 0.0, 1.0))
    hist.append(float(loss))
history = {"loss": hist}
gradients = [g]
outputs = np.array(img)[0, :2]
