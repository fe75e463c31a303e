import numpy as np
import tensorflow as tf
from sklearn.metrics import f1_score, precision_score
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

X, y = make_classification(n_samples=300, n_features=12, n_informative=6, n_classes=3, random_state=1)
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.3, random_state=1)

class F1History(tf.keras.callbacks.Callback):
    def __init__(self, validation):
        super(F1History, self).__init__()
        self.validation = validation

    def on_epoch_end(self, epoch, logs={}):
        X_valid, y_valid = self.validation[0], self.validation[1]
        y_val_pred = self.model.predict(X_valid, verbose=0).argmax(axis=1)
        logs['f1_val'] = f1_score(y_valid, y_val_pred, average='macro')
        print(f"f1 {logs['f1_val']:.3f} acc {logs['accuracy']:.3f}")

class Recall(tf.keras.metrics.Metric):
    def __init__(self, num_classes, name='own_recall', **kwargs):
        super().__init__(name=name, **kwargs)
        self.num_classes = num_classes
        self.tp = self.add_weight(name='tp', shape=(num_classes,), initializer='zeros')
        self.total = self.add_weight(name='total', shape=(num_classes,), initializer='zeros')

    def update_state(self, y_true, y_pred, sample_weight=None):
        labels = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
        guess = tf.argmax(y_pred, axis=-1, output_type=tf.int32)
        hits = tf.cast(tf.equal(labels, guess), tf.float32)
        onehot = tf.one_hot(labels, self.num_classes)
        self.tp.assign_add(tf.reduce_sum(onehot * hits[:, None], axis=0))
        self.total.assign_add(tf.reduce_sum(onehot, axis=0))

    def result(self):
        return tf.reduce_mean(tf.math.divide_no_nan(self.tp, self.total))

model = tf.keras.Sequential([
    tf.keras.layers.Dense(32, activation='relu', input_shape=(12,)),
    tf.keras.layers.Dense(3, activation='softmax'),
])
model.compile(optimizer='adam', loss='sparse_categorical_crossentropy', metrics=['accuracy', Recall(3)])
h = model.fit(X_train, y_train, validation_data=(X_val, y_val), epochs=2, callbacks=[F1History(validation=(X_val, y_val))], verbose=0)
print(h.history['own_recall'][-1] >= 0)
