"""Triplets sampled with NumPy by class; three inputs share one embedding."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model, Input
from tensorflow.keras import backend as K

num_classes, per_class, side = 5, 12, 16
images = np.random.rand(num_classes * per_class, side, side, 1).astype("float32")
labels = np.repeat(np.arange(num_classes), per_class)
by_class = {c: np.where(labels == c)[0] for c in range(num_classes)}


def sample_triplets(n):
    anchors, positives, negatives = [], [], []
    for _ in range(n):
        a, b = np.random.choice(num_classes, 2, replace=False)
        i, j = np.random.choice(by_class[a], 2, replace=False)
        k = np.random.choice(by_class[b])
        anchors.append(images[i])
        positives.append(images[j])
        negatives.append(images[k])
    return np.array([anchors, positives, negatives])


def embedder():
    inp = Input((side, side, 1))
    x = layers.Conv2D(8, 3, activation="relu")(inp)
    x = layers.Flatten()(x)
    x = layers.Dense(12)(x)
    x = layers.Lambda(lambda t: tf.math.l2_normalize(t, axis=1), output_shape=(12,))(x)
    return Model(inp, x, name="embedder")


def triplet_loss(y_true, y_pred, margin=0.3):
    a, p, n = y_pred[:, :12], y_pred[:, 12:24], y_pred[:, 24:]
    positive = tf.reduce_sum(tf.square(a - p), axis=1)
    negative = tf.reduce_sum(tf.square(a - n), axis=1)
    return tf.maximum(positive - negative + margin, 0.0)


net = embedder()
ins = [Input((side, side, 1), name=n) for n in ("anchor", "positive", "negative")]
out = layers.Concatenate(axis=1)([net(i) for i in ins])
trainer = Model(ins, out)
trainer.compile(optimizer="adam", loss=triplet_loss)
x = sample_triplets(40)
trainer.fit(x, np.zeros((40,)), batch_size=8, epochs=1, verbose=0)
vectors = net.predict(images, verbose=0)
distance = ((vectors[:, None] - vectors[None]) ** 2).sum(-1)
print(distance.shape, np.argsort(distance, axis=1)[:, 1].shape)
