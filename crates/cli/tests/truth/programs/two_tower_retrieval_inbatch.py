import numpy as np
import tensorflow as tf

users = np.array(["u%d" % i for i in range(30)])
items = np.array(["i%d" % i for i in range(50)])
rng = np.random.RandomState(5)
interactions = {"user": rng.choice(users, 200), "item": rng.choice(items, 200), "rating": rng.rand(200).astype("float32")}
ds = tf.data.Dataset.from_tensor_slices(interactions).batch(20)


class Tower(tf.keras.Model):
    def __init__(self, vocabulary, dim):
        super().__init__()
        self.lookup = tf.keras.layers.StringLookup(vocabulary=list(vocabulary), mask_token=None)
        self.embedding = tf.keras.layers.Embedding(len(vocabulary) + 1, dim)
        self.dense = tf.keras.layers.Dense(dim)

    def call(self, ids):
        return tf.math.l2_normalize(self.dense(self.embedding(self.lookup(ids))), axis=-1)


class TwoTower(tf.keras.Model):
    def __init__(self, dim=8):
        super().__init__()
        self.user_tower = Tower(users, dim)
        self.item_tower = Tower(items, dim)
        self.rating_head = tf.keras.Sequential([tf.keras.layers.Dense(8, activation="relu"), tf.keras.layers.Dense(1)])
        self.loss_tracker = tf.keras.metrics.Mean(name="total")

    def call(self, features):
        u = self.user_tower(features["user"])
        v = self.item_tower(features["item"])
        return u, v, self.rating_head(tf.concat([u, v], axis=1))

    def train_step(self, features):
        with tf.GradientTape() as tape:
            u, v, r = self(features, training=True)
            scores = tf.matmul(u, v, transpose_b=True)
            labels = tf.eye(tf.shape(u)[0])
            retrieval = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=scores))
            rating = tf.reduce_mean(tf.square(features["rating"][:, None] - r))
            loss = retrieval + 0.5 * rating
        grads = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(grads, self.trainable_variables))
        self.loss_tracker.update_state(loss)
        return {"total": self.loss_tracker.result(), "retrieval": retrieval}


model = TwoTower()
model.compile(optimizer=tf.keras.optimizers.Adagrad(0.1))
history = model.fit(ds, epochs=2, verbose=0)
item_vectors = model.item_tower(tf.constant(items))
query = model.user_tower(tf.constant(["u3"]))
scores, idx = tf.math.top_k(tf.matmul(query, item_vectors, transpose_b=True), k=5)
print([items[i] for i in idx.numpy()[0]], history.history["total"])
