import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model, Input, backend as K

EMB = 16

def create_embedding(shape):
    inp = Input(shape)
    x = layers.Conv2D(8, 3, activation='relu')(inp)
    x = layers.MaxPooling2D()(x)
    x = layers.Flatten()(x)
    x = layers.Dense(EMB)(x)
    x = layers.Lambda(lambda t: tf.math.l2_normalize(t, axis=1))(x)
    return Model(inp, x, name='embedding')

def triplet_loss(alpha=0.2):
    def loss(y_true, y_pred):
        anchor, positive, negative = y_pred[:, :EMB], y_pred[:, EMB:2 * EMB], y_pred[:, 2 * EMB:]
        pos = tf.reduce_sum(tf.square(anchor - positive), axis=1)
        neg = tf.reduce_sum(tf.square(anchor - negative), axis=1)
        return tf.maximum(pos - neg + alpha, 0.)
    return loss

def triplet_generator(x, y, batch_size):
    classes = np.unique(y)
    while True:
        a, p, n = [], [], []
        for _ in range(batch_size):
            c1, c2 = np.random.choice(classes, 2, replace=False)
            pos_idx = np.where(y == c1)[0]
            neg_idx = np.where(y == c2)[0]
            i, j = np.random.choice(pos_idx, 2)
            k = np.random.choice(neg_idx)
            a.append(x[i]); p.append(x[j]); n.append(x[k])
        yield [np.stack(a), np.stack(p), np.stack(n)], np.zeros((batch_size, 1))

x = np.random.rand(60, 20, 20, 1).astype('float32')
y = np.arange(60) % 3
emb = create_embedding((20, 20, 1))
ia, ip, ineg = Input((20, 20, 1)), Input((20, 20, 1)), Input((20, 20, 1))
merged = layers.concatenate([emb(ia), emb(ip), emb(ineg)], axis=1)
net = Model(inputs=[ia, ip, ineg], outputs=merged)
net.compile(loss=triplet_loss(), optimizer='adam')
net.fit(triplet_generator(x, y, 8), steps_per_epoch=4, epochs=1, verbose=0)
vectors = emb.predict(x[:10], verbose=0)
dist = np.linalg.norm(vectors[:, None, :] - vectors[None, :, :], axis=-1)
print(dist.shape)
