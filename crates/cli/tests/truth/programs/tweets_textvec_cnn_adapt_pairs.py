import re
import string
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras import layers, losses

texts = ["I loved the flight <br /> great crew", "awful delay, never again!!", "the seat was ok", "worst food ever",
         "Great crew and nice seats", "my bag got lost again"] * 12
labels = [1, 0, 1, 0, 1, 0] * 12
df = pd.DataFrame({"text": texts, "label": labels})
train = df.sample(frac=0.75, random_state=1)
test = df.drop(train.index)


def df_to_ds(frame, batch_size=8, shuffle=True):
    ds = tf.data.Dataset.from_tensor_slices((frame["text"].values, frame["label"].values))
    if shuffle:
        ds = ds.shuffle(len(frame))
    return ds.batch(batch_size)


raw_train = df_to_ds(train)
raw_test = df_to_ds(test, shuffle=False)


def custom_standardization(input_data):
    lowercase = tf.strings.lower(input_data)
    stripped = tf.strings.regex_replace(lowercase, "<br />", " ")
    return tf.strings.regex_replace(stripped, "[%s]" % re.escape(string.punctuation), "")


max_features = 200
sequence_length = 12
vectorize_layer = layers.TextVectorization(standardize=custom_standardization, max_tokens=max_features,
                                           output_mode="int", output_sequence_length=sequence_length)
train_text = raw_train.map(lambda x, y: x)
vectorize_layer.adapt(raw_train)


def vectorize_text(text, label):
    text = tf.expand_dims(text, -1)
    return vectorize_layer(text), label


train_ds = raw_train.map(vectorize_text).cache().prefetch(tf.data.AUTOTUNE)
test_ds = raw_test.map(vectorize_text).cache().prefetch(tf.data.AUTOTUNE)

model = tf.keras.Sequential([
    layers.Embedding(max_features + 1, 16),
    layers.Dropout(0.2),
    layers.Conv1D(16, 5, padding="valid", activation="relu"),
    layers.GlobalMaxPooling1D(),
    layers.Dense(1),
])
model.compile(loss=losses.BinaryCrossentropy(from_logits=True), optimizer="adam",
              metrics=[tf.metrics.BinaryAccuracy(threshold=0.0)])
model.fit(train_ds, validation_data=test_ds, epochs=1, verbose=0)
loss, accuracy = model.evaluate(test_ds, verbose=0)

export_model = tf.keras.Sequential([vectorize_layer, model, layers.Activation("sigmoid")])
export_model.compile(loss=losses.BinaryCrossentropy(from_logits=False), optimizer="adam", metrics=["accuracy"])
loss, accuracy = export_model.evaluate(raw_test, verbose=0)
print(export_model.predict(tf.constant(["nice crew", "lost my bag"]), verbose=0).shape)
