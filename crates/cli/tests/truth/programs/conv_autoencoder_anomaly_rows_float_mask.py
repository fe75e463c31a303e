"""ECG anomalies with an autoencoder: subclassed model, threshold by the training loss."""
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.metrics import accuracy_score, precision_score
from sklearn.model_selection import train_test_split
from tensorflow.keras import layers
from tensorflow.keras.models import Model

raw = np.random.randn(200, 141)
raw[:, -1] = np.arange(200) % 2
dataframe = pd.DataFrame(raw)
raw_data = dataframe.values
labels, data = raw_data[:, -1], raw_data[:, 0:-1]
train_data, test_data, train_labels, test_labels = train_test_split(data, labels, test_size=0.2, random_state=21)
min_val, max_val = tf.reduce_min(train_data), tf.reduce_max(train_data)
train_data = tf.cast((train_data - min_val) / (max_val - min_val), tf.float32)
test_data = tf.cast((test_data - min_val) / (max_val - min_val), tf.float32)
pass
normal_train, normal_test = train_data[train_labels], test_data[test_labels]
anomalous_test = test_data[~test_labels]


class AnomalyDetector(Model):
    def __init__(self):
        super().__init__()
        self.encoder = tf.keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(8, activation="relu")])
        self.decoder = tf.keras.Sequential([layers.Dense(32, activation="relu"), layers.Dense(140, activation="sigmoid")])

    def call(self, x):
        return self.decoder(self.encoder(x))


autoencoder = AnomalyDetector()
autoencoder.compile(optimizer="adam", loss="mae")
autoencoder.fit(normal_train, normal_train, epochs=1, batch_size=16, validation_data=(test_data, test_data), verbose=0)
reconstructions = autoencoder.predict(normal_train, verbose=0)
train_loss = tf.keras.losses.mae(reconstructions, normal_train)
threshold = np.mean(train_loss) + np.std(train_loss)


def predict(model, data, threshold):
    return tf.math.less(tf.keras.losses.mae(model(data), data), threshold)


preds = predict(autoencoder, test_data, threshold)
print(preds.shape, 0 <= accuracy_score(test_labels, preds) <= 1, anomalous_test.shape[1])
