import tensorflow as tf
import numpy as np
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.model_selection import StratifiedKFold
from sklearn.metrics import f1_score, classification_report

corpus = ["free money now", "meeting at noon", "win a prize now", "lunch with the team", "claim your prize", "project deadline is today",
          "cheap pills online", "see you at the meeting"] * 6
labels = np.array([1, 0, 1, 0, 1, 0, 1, 0] * 6)
vec = TfidfVectorizer(ngram_range=(1, 2), min_df=2, max_features=30)
X = vec.fit_transform(corpus)
print(X.shape, len(vec.get_feature_names_out()))


def to_sparse_tensor(csr):
    coo = csr.tocoo()
    indices = np.mat([coo.row, coo.col]).transpose() if False else np.column_stack([coo.row, coo.col])
    return tf.sparse.reorder(tf.SparseTensor(indices.astype(np.int64), coo.data.astype(np.float32), coo.shape))


class SparseDense(tf.keras.layers.Layer):
    def __init__(self, units, input_dim):
        super().__init__()
        self.w = self.add_weight(shape=(input_dim, units), initializer="glorot_uniform", name="w")
        self.b = self.add_weight(shape=(units,), initializer="zeros", name="b")

    def call(self, x):
        return tf.sparse.sparse_dense_matmul(x, self.w) + self.b


st = to_sparse_tensor(X)
layer = SparseDense(1, vec.max_features + 5)
opt = tf.keras.optimizers.Adagrad(0.1)
for _ in range(3):
    with tf.GradientTape() as tape:
        logit = layer(st)[:, 0]
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels.astype("float32"), logit))
    opt.apply_gradients(zip(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables))
skf = StratifiedKFold(n_splits=3, shuffle=True, random_state=0)
scores = []
for fold, (tr, te) in enumerate(skf.split(X, labels)):
    net = tf.keras.Sequential([tf.keras.layers.Dense(8, activation="relu"), tf.keras.layers.Dense(1, "sigmoid")])
    net.compile("adam", "binary_crossentropy")
    net.fit(X[tr].toarray(), labels[tr], epochs=1, verbose=0)
    pred = (net.predict(X[te].toarray(), verbose=0) > 0.5).astype(int).ravel()
    scores.append(f1_score(labels[te], pred, zero_division=0))
    print(f"fold {fold}: {len(tr)}/{len(te)}")
print(np.mean(scores) >= 0)
