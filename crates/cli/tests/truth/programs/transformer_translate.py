"""A small Transformer that translates toy sentences: encoder, decoder, positions and masks."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

vocab_size, sequence_length, batch_size = 60, 10, 8
embed_dim, latent_dim, num_heads = 16, 32, 2


class PositionalEmbedding(layers.Layer):
    def __init__(self, sequence_length, vocab_size, embed_dim, **kwargs):
        super().__init__(**kwargs)
        self.token_embeddings = layers.Embedding(input_dim=vocab_size, output_dim=embed_dim)
        self.position_embeddings = layers.Embedding(input_dim=sequence_length, output_dim=embed_dim)
        self.sequence_length, self.vocab_size, self.embed_dim = sequence_length, vocab_size, embed_dim

    def call(self, inputs):
        length = tf.shape(inputs)[-1]
        positions = tf.range(start=0, limit=length, delta=1)
        return self.token_embeddings(inputs) + self.position_embeddings(positions)

    def get_config(self):
        config = super().get_config()
        config.update({"sequence_length": self.sequence_length, "vocab_size": self.vocab_size, "embed_dim": self.embed_dim})
        return config


class Encoder(layers.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.attention = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.dense_proj = keras.Sequential([layers.Dense(dense_dim, activation="relu"), layers.Dense(embed_dim)])
        self.layernorm_1 = layers.LayerNormalization()
        self.layernorm_2 = layers.LayerNormalization()

    def call(self, inputs):
        attention_output = self.attention(query=inputs, value=inputs, key=inputs)
        proj_input = self.layernorm_1(inputs + attention_output)
        return self.layernorm_2(proj_input + self.dense_proj(proj_input))


class Decoder(layers.Layer):
    def __init__(self, embed_dim, dense_dim, num_heads, **kwargs):
        super().__init__(**kwargs)
        self.attention_1 = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.attention_2 = layers.MultiHeadAttention(num_heads=num_heads, key_dim=embed_dim)
        self.dense_proj = keras.Sequential([layers.Dense(dense_dim, activation="relu"), layers.Dense(embed_dim)])
        self.norms = [layers.LayerNormalization() for _ in range(3)]

    def get_causal_attention_mask(self, inputs):
        input_shape = tf.shape(inputs)
        batch, length = input_shape[0], input_shape[1]
        i = tf.range(length)[:, tf.newaxis]
        j = tf.range(length)
        mask = tf.cast(i >= j, dtype="int32")
        mask = tf.reshape(mask, (1, length, length))
        mult = tf.concat([tf.expand_dims(batch, -1), tf.constant([1, 1], dtype=tf.int32)], axis=0)
        return tf.tile(mask, mult)

    def call(self, inputs, encoder_outputs):
        causal = self.get_causal_attention_mask(inputs)
        a = self.attention_1(query=inputs, value=inputs, key=inputs, attention_mask=causal)
        a = self.norms[0](inputs + a)
        b = self.attention_2(query=a, value=encoder_outputs, key=encoder_outputs)
        b = self.norms[1](a + b)
        return self.norms[2](b + self.dense_proj(b))


encoder_inputs = keras.Input(shape=(None,), dtype="int64", name="english")
x = PositionalEmbedding(sequence_length, vocab_size, embed_dim)(encoder_inputs)
encoder_outputs = Encoder(embed_dim, latent_dim, num_heads)(x)
decoder_inputs = keras.Input(shape=(None,), dtype="int64", name="spanish")
x = PositionalEmbedding(sequence_length, vocab_size, embed_dim)(decoder_inputs)
x = Decoder(embed_dim, latent_dim, num_heads)(x, encoder_outputs)
x = layers.Dropout(0.5)(x)
decoder_outputs = layers.Dense(vocab_size, activation="softmax")(x)
transformer = keras.Model([encoder_inputs, decoder_inputs], decoder_outputs)

eng = np.random.randint(1, vocab_size, (16, sequence_length))
spa = np.random.randint(1, vocab_size, (16, sequence_length + 1))


def format_dataset(eng, spa):
    return {"english": eng, "spanish": spa[:, :-1]}, spa[:, 1:]


ds = tf.data.Dataset.from_tensor_slices((eng, spa)).batch(batch_size).map(format_dataset)
transformer.compile("rmsprop", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
transformer.fit(ds, epochs=1, verbose=0)
print(transformer.predict([eng[:2], spa[:2, :-1]], verbose=0).shape)
