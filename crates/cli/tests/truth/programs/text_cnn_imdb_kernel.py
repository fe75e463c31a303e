import re
import string
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses

texts = [
    "This movie was great<br />I loved it", "Terrible film, do not watch", "An average story with good actors",
    "Brilliant! A must see", "Boring and far too long", "I fell asleep", "What a wonderful experience", "Bad bad bad",
] * 8
labels = np.array([1, 0, 1, 1, 0, 0, 1, 0] * 8)


def custom_standardization(input_data):
    lowercase = tf.strings.lower(input_data)
    stripped = tf.strings.regex_replace(lowercase, "<br />", " ")
    return tf.strings.regex_replace(stripped, "[%s]" % re.escape(string.punctuation), "")


max_features = 200
sequence_length = 25
vectorize_layer = layers.TextVectorization(
    standardize=custom_standardization, max_tokens=max_features, output_mode="int",
    output_sequence_length=sequence_length)

raw_train_ds = tf.data.Dataset.from_tensor_slices((texts[:48], labels[:48])).batch(16)
raw_val_ds = tf.data.Dataset.from_tensor_slices((texts[48:], labels[48:])).batch(16)
train_text = raw_train_ds.map(lambda x, y: x)
vectorize_layer.adapt(train_text)


def vectorize_text(text, label):
    text = tf.expand_dims(text, -1)
    return vectorize_layer(text), label


train_ds = raw_train_ds.map(vectorize_text).cache().prefetch(tf.data.AUTOTUNE)
val_ds = raw_val_ds.map(vectorize_text).cache().prefetch(tf.data.AUTOTUNE)

embedding_dim = 16
model = tf.keras.Sequential([
    layers.Embedding(max_features, embedding_dim),
    layers.Dropout(0.2),
    layers.Conv1D(32, 30, activation="relu"),
    layers.GlobalAveragePooling1D(),
    layers.Dropout(0.2),
    layers.Dense(1, activation="sigmoid"),
])
model.compile(loss=losses.BinaryCrossentropy(), optimizer="adam", metrics=[tf.metrics.BinaryAccuracy(threshold=0.5)])
history = model.fit(train_ds, validation_data=val_ds, epochs=2, verbose=0)
loss, accuracy = model.evaluate(val_ds, verbose=0)

export_model = tf.keras.Sequential([vectorize_layer, model])
export_model.compile(loss=losses.BinaryCrossentropy(from_logits=False), optimizer="adam", metrics=["accuracy"])
examples = tf.constant(["The movie was great!", "The movie was okay.", "The movie was terrible..."])
print(export_model.predict(examples, verbose=0).shape)
