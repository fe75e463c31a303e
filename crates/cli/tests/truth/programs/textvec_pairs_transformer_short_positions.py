"""English to Spanish with a sequence-to-sequence Transformer (keras.io)."""
import random
import string
import re
import numpy as np
import tensorflow as tf
import keras
from keras import layers, ops

text_pairs = [("I am here", "[start] estoy aqui [end]"), ("you are there", "[start] estas alli [end]"), ("we go home", "[start] vamos a casa [end]"),
              ("it rains", "[start] llueve [end]")] * 10
random.shuffle(text_pairs)
num_val = int(0.15 * len(text_pairs))
train_pairs, val_pairs = text_pairs[num_val:], text_pairs[:num_val]
strip_chars = string.punctuation.replace("[", "").replace("]", "")
vocab_size, sequence_length, batch_size, embed_dim, latent_dim, num_heads = 100, 8, 8, 16, 32, 2


def custom_standardization(input_string):
    lowercase = tf.strings.lower(input_string)
    return tf.strings.regex_replace(lowercase, "[%s]" % re.escape(strip_chars), "")


eng_vectorization = layers.TextVectorization(max_tokens=vocab_size, output_mode="int", output_sequence_length=sequence_length)
spa_vectorization = layers.TextVectorization(max_tokens=vocab_size, output_mode="int", output_sequence_length=sequence_length + 3,
                                             standardize=custom_standardization)
eng_vectorization.adapt([pair[0] for pair in train_pairs])
spa_vectorization.adapt([pair[1] for pair in train_pairs])


def format_dataset(eng, spa):
    eng, spa = eng_vectorization(eng), spa_vectorization(spa)
    return ({"encoder_inputs": eng, "decoder_inputs": spa[:, :-1]}, spa[:, 1:])


def make_dataset(pairs):
    eng_texts, spa_texts = zip(*pairs)
    dataset = tf.data.Dataset.from_tensor_slices((list(eng_texts), list(spa_texts))).batch(batch_size)
    return dataset.map(format_dataset).cache().shuffle(2048).prefetch(16)


train_ds, val_ds = make_dataset(train_pairs), make_dataset(val_pairs)


class TransformerEncoder(layers.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.attention = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.dense_proj = keras.Sequential([layers.Dense(dense_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm_1, self.layernorm_2 = layers.LayerNormalization(), layers.LayerNormalization()
        self.supports_masking = True

    def call(self, inputs, mask=None):
        padding_mask = ops.cast(mask[:, None, :], dtype="int32") if mask is not None else None
        attention_output = self.attention(query=inputs, value=inputs, key=inputs, attention_mask=padding_mask)
        proj_input = self.layernorm_1(inputs + attention_output)
        return self.layernorm_2(proj_input + self.dense_proj(proj_input))


class PositionalEmbedding(layers.Layer):
    def __init__(self, sequence_length, vocab_size, embed_dim, **kwargs):
        super().__init__(**kwargs)
        self.token_embeddings = layers.Embedding(input_dim=vocab_size, output_dim=embed_dim)
        self.position_embeddings = layers.Embedding(input_dim=sequence_length, output_dim=embed_dim)

    def call(self, inputs):
        positions = ops.arange(0, ops.shape(inputs)[-1], 1)
        return self.token_embeddings(inputs) + self.position_embeddings(positions)

    def compute_mask(self, inputs, mask=None):
        return ops.not_equal(inputs, 0)


class TransformerDecoder(layers.Layer):
    def __init__(self, embed_dim, latent_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.attention_1 = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.attention_2 = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.dense_proj = keras.Sequential([layers.Dense(latent_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm_1, self.layernorm_2, self.layernorm_3 = (layers.LayerNormalization() for _ in range(3))
        self.supports_masking = True

    def call(self, inputs, mask=None):
        inputs, encoder_outputs = inputs
        out_1 = self.layernorm_1(inputs + self.attention_1(query=inputs, value=inputs, key=inputs, use_causal_mask=True))
        out_2 = self.layernorm_2(out_1 + self.attention_2(query=out_1, value=encoder_outputs, key=encoder_outputs))
        return self.layernorm_3(out_2 + self.dense_proj(out_2))


encoder_inputs = keras.Input(shape=(None,), dtype="int64", name="encoder_inputs")
x = PositionalEmbedding(sequence_length, vocab_size, embed_dim)(encoder_inputs)
encoder_outputs = TransformerEncoder(embed_dim, latent_dim, num_heads)(x)
decoder_inputs = keras.Input(shape=(None,), dtype="int64", name="decoder_inputs")
x = PositionalEmbedding(sequence_length, vocab_size, embed_dim)(decoder_inputs)
x = TransformerDecoder(embed_dim, latent_dim, num_heads)([x, encoder_outputs])
x = layers.Dropout(0.5)(x)
decoder_outputs = layers.Dense(vocab_size, activation="softmax")(x)
transformer = keras.Model({"encoder_inputs": encoder_inputs, "decoder_inputs": decoder_inputs}, decoder_outputs, name="transformer")
transformer.compile("rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
transformer.fit(train_ds, epochs=1, validation_data=val_ds, verbose=0)
spa_vocab = spa_vectorization.get_vocabulary()
spa_index_lookup = dict(zip(range(len(spa_vocab)), spa_vocab))


def decode_sequence(input_sentence):
    tokenized = eng_vectorization([input_sentence])
    decoded_sentence = "[start]"
    for i in range(3):
        target = spa_vectorization([decoded_sentence])[:, :-1]
        predictions = transformer({"encoder_inputs": tokenized, "decoder_inputs": target})
        token = ops.convert_to_numpy(ops.argmax(predictions[0, i, :])).item(0)
        decoded_sentence += " " + spa_index_lookup.get(token, "")
    return decoded_sentence


print(decode_sequence("I am here").startswith("[start]"))
