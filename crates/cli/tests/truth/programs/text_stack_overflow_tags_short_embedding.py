"""Guess the tag of a question: TextVectorization made part of an export model."""
import re
import string
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses, Sequential

TITLES = [
    ("how to merge two dictionaries in a single expression", 0),
    ("what does the yield keyword do in a generator", 0),
    ("list comprehension with an if and else", 0),
    ("why is processing a sorted array faster", 1),
    ("null pointer exception and how do I fix it", 1),
    ("how do I compare strings in java", 1),
    ("closures inside loops simple practical example", 2),
    ("what does use strict do and what is the reasoning", 2),
    ("how to return the response from an asynchronous call", 2),
    ("what is the difference between a struct and a class", 3),
    ("how do I use string builder to append lines", 3),
    ("linq query to group by and count", 3),
] * 4
texts = [t for t, _ in TITLES]
labels = np.array([l for _, l in TITLES])

VOCAB_SIZE = 60
MAX_LEN = 12


def custom_standardization(data):
    lowercase = tf.strings.lower(data)
    stripped = tf.strings.regex_replace(lowercase, "<br />", " ")
    return tf.strings.regex_replace(stripped, "[%s]" % re.escape(string.punctuation), "")


raw = tf.data.Dataset.from_tensor_slices((texts, labels)).shuffle(48, seed=1).batch(8)
train_text = raw.map(lambda text, label: text)

binary_vectorize = layers.TextVectorization(max_tokens=VOCAB_SIZE, output_mode="binary")
int_vectorize = layers.TextVectorization(
    standardize=custom_standardization, max_tokens=VOCAB_SIZE, output_mode="int", output_sequence_length=MAX_LEN)
binary_vectorize.adapt(train_text)
int_vectorize.adapt(train_text)


def int_text(text, label):
    text = tf.expand_dims(text, -1)
    return int_vectorize(text), label


def binary_text(text, label):
    text = tf.expand_dims(text, -1)
    return binary_vectorize(text), label


binary_ds = raw.map(binary_text).cache().prefetch(tf.data.AUTOTUNE)
int_ds = raw.map(int_text).cache().prefetch(tf.data.AUTOTUNE)

binary_model = Sequential([layers.Dense(4)])
binary_model.compile(loss=losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam", metrics=["accuracy"])
binary_model.fit(binary_ds, epochs=1, verbose=0)

int_model = Sequential([
    layers.Embedding(VOCAB_SIZE // 2, 16, mask_zero=True),
    layers.Dropout(0.5),
    layers.Conv1D(16, 5, padding="valid", activation="relu", strides=2),
    layers.GlobalMaxPooling1D(),
    layers.Dense(4),
])
int_model.compile(loss=losses.SparseCategoricalCrossentropy(from_logits=True), optimizer="adam", metrics=["accuracy"])
int_model.fit(int_ds, validation_data=int_ds, epochs=1, verbose=0)

export = Sequential([int_vectorize, int_model, layers.Activation("softmax")])
export.compile(loss=losses.SparseCategoricalCrossentropy(from_logits=False), optimizer="adam", metrics=["accuracy"])
print(len(export.evaluate(raw, verbose=0)))
answers = export.predict(tf.constant(["how do I extract keys from a dict into a list", "debug public static void main"]), verbose=0)
print(answers.shape, np.argmax(answers, axis=1).shape)
