import io
import re
import string
import tensorflow as tf
from tensorflow.keras import layers

SEED = 42
AUTOTUNE = tf.data.AUTOTUNE
sentence = "The wide road shimmered in the hot sun"
tokens = list(sentence.lower().split())
vocab, index = {}, 1
vocab['<pad>'] = 0
for token in tokens:
    if token not in vocab:
        vocab[token] = index
        index += 1
vocab_size = len(vocab)
inverse_vocab = {index: token for token, index in vocab.items()}
example_sequence = [vocab[word] for word in tokens]
positive_skip_grams, _ = tf.keras.preprocessing.sequence.skipgrams(example_sequence, vocabulary_size=vocab_size, window_size=2, negative_samples=0)
target_word, context_word = positive_skip_grams[0]
num_ns = 4
context_class = tf.reshape(tf.constant(context_word, dtype="int64"), (1, 1))
negative_sampling_candidates, _, _ = tf.random.log_uniform_candidate_sampler(
    true_classes=context_class, num_true=1, num_sampled=num_ns, unique=True, range_max=vocab_size, seed=SEED, name="negative_sampling")
print(negative_sampling_candidates.shape)
context = tf.concat([tf.squeeze(context_class, 1), negative_sampling_candidates], 0)
label = tf.constant([1] + [0] * num_ns, dtype="int64")
print(context.shape, label.shape)


def generate_training_data(sequences, window_size, num_ns, vocab_size, seed):
    targets, contexts, labels = [], [], []
    for sequence in sequences:
        positive, _ = tf.keras.preprocessing.sequence.skipgrams(sequence, vocabulary_size=vocab_size, window_size=window_size, negative_samples=0)
        for target_word, context_word in positive:
            context_class = tf.expand_dims(tf.constant([context_word], dtype="int64"), 1)
            neg, _, _ = tf.random.log_uniform_candidate_sampler(true_classes=context_class, num_true=1, num_sampled=num_ns, unique=True, range_max=vocab_size, seed=seed)
            targets.append(target_word)
            contexts.append(tf.concat([tf.squeeze(context_class, 1), neg], 0))
            labels.append(tf.constant([1] + [0] * num_ns, dtype="int64"))
    return targets, contexts, labels


targets, contexts, labels = generate_training_data([example_sequence], 2, num_ns, vocab_size, SEED)
targets, contexts, labels = tf.constant(targets), tf.stack(contexts), tf.stack(labels)
dataset = tf.data.Dataset.from_tensor_slices(((targets, contexts), labels)).shuffle(100).batch(8, drop_remainder=True).cache().prefetch(AUTOTUNE)


class Word2Vec(tf.keras.Model):
    def __init__(self, vocab_size, embedding_dim):
        super().__init__()
        self.target_embedding = layers.Embedding(vocab_size, embedding_dim, name="w2v_embedding")
        self.context_embedding = layers.Embedding(vocab_size, embedding_dim)

    def call(self, pair):
        target, context = pair
        if len(target.shape) == 2:
            target = tf.squeeze(target, axis=1)
        word_emb = self.target_embedding(target)
        context_emb = self.context_embedding(context)
        dots = tf.einsum('be,bce->bc', word_emb, context_emb)
        return dots


word2vec = Word2Vec(vocab_size, 16)
word2vec.compile(optimizer='adam', loss=tf.keras.losses.CategoricalCrossentropy(from_logits=True), metrics=['accuracy'])
word2vec.fit(dataset, epochs=2, verbose=0)
weights = word2vec.get_layer('w2v_embedding').get_weights()[0]
out_v = io.StringIO()
for index, word in enumerate(inverse_vocab.values()):
    if index == 0:
        continue
    vec = weights[index]
    out_v.write('\t'.join([str(x)[:3] for x in vec]) + "\n")
print(weights.shape)
