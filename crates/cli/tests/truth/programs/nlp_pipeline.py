import numpy as np
import tensorflow as tf
from tensorflow.keras.preprocessing.text import Tokenizer
from tensorflow.keras.preprocessing.sequence import pad_sequences

texts = ["good movie", "bad movie", "great film indeed", "awful plot", "really nice", "not my taste"] * 8
labels = np.array([1, 0, 1, 0, 1, 0] * 8)
tokenizer = Tokenizer(num_words=50, oov_token="<oov>")
tokenizer.fit_on_texts(texts)
padded = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=6, padding="post")
vocab = len(tokenizer.word_index) + 1
model = tf.keras.Sequential([
    tf.keras.layers.Embedding(vocab, 8, mask_zero=True),
    tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(8)),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
model.fit(padded, labels, epochs=1, verbose=0)
new = pad_sequences(tokenizer.texts_to_sequences(["a nice film"]), maxlen=6, padding="post")
print(model.predict(new, verbose=0).shape)
