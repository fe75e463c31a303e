"""Captcha OCR: CNN + RNN + a layer that adds the CTC loss, fed by a dict pipeline."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

characters = list("abcdef")
char_to_num = layers.StringLookup(vocabulary=characters, mask_token=None)
num_to_char = layers.StringLookup(vocabulary=char_to_num.get_vocabulary(), mask_token=None, invert=True)
img_width, img_height, max_length = 80, 20, 4
labels = ["".join(np.random.choice(characters, max_length)) for _ in range(24)]
images = np.random.rand(24, img_height, img_width, 1).astype("float32")


def encode_single_sample(img, label):
    img = tf.transpose(img, perm=[1, 0, 2])
    label = char_to_num(tf.strings.unicode_split(label, input_encoding="UTF-8"))
    label = tf.ensure_shape(label, [max_length])
    return {"image": img, "labels": label}


train_dataset = tf.data.Dataset.from_tensor_slices((images, labels)).map(encode_single_sample).batch(8)


def ctc_cost(y_true, y_pred):
    batch_len = tf.cast(tf.shape(y_true)[0], dtype="int64")
    input_length = tf.cast(tf.shape(y_pred)[1], dtype="int64")
    label_length = tf.cast(tf.shape(y_true)[1], dtype="int64")
    input_length = input_length * tf.ones(shape=(batch_len, 1), dtype="int64")
    label_length = label_length * tf.ones(shape=(batch_len, 1), dtype="int64")
    return keras.backend.ctc_batch_cost(y_true, y_pred, input_length, label_length)


class CTCLayer(layers.Layer):
    def call(self, y_true, y_pred):
        loss = ctc_cost(y_true, y_pred)
        self.add_loss(tf.reduce_mean(loss))
        return y_pred


input_img = layers.Input(shape=(img_width, img_height, 1), name="image", dtype="float32")
targets = layers.Input(name="label", shape=(None,), dtype="float32")
x = layers.Conv2D(8, (3, 3), activation="relu", padding="same")(input_img)
x = layers.MaxPooling2D((2, 2))(x)
x = layers.Conv2D(16, (3, 3), activation="relu", padding="same")(x)
x = layers.MaxPooling2D((2, 2))(x)
x = layers.Reshape(target_shape=(img_width // 4, (img_height // 4) * 16))(x)
x = layers.Dense(16, activation="relu")(x)
x = layers.Bidirectional(layers.LSTM(16, return_sequences=True))(x)
x = layers.Dense(len(char_to_num.get_vocabulary()) + 1, activation="softmax", name="dense2")(x)
output = CTCLayer(name="ctc_loss")(targets, x)
model = keras.models.Model(inputs=[input_img, targets], outputs=output, name="ocr_model_v1")
model.compile(optimizer=keras.optimizers.Adam())
model.fit(train_dataset, epochs=1, verbose=0)
prediction_model = keras.models.Model(model.input[0], model.get_layer(name="dense2").output)
preds = prediction_model.predict(train_dataset.map(lambda d: d["image"]).take(1), verbose=0)
print(preds.shape)
