import random
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

K = keras.backend
x = np.random.rand(60, 28, 28).astype("float32")
y = np.arange(60) % 5


def make_pairs(x, y):
    num_classes = max(y) + 1
    digit_indices = [np.where(y == i)[0] for i in range(num_classes)]
    pairs, labels = [], []
    for idx1 in range(len(x)):
        x1 = x[idx1]
        label1 = y[idx1]
        x2 = x[random.choice(digit_indices[label1])]
        pairs += [[x1, x2]]
        labels += [0]
        label2 = random.randint(0, num_classes - 1)
        while label2 == label1:
            label2 = random.randint(0, num_classes - 1)
        x2 = x[random.choice(digit_indices[label2])]
        pairs += [[x1, x2]]
        labels += [1]
    return np.array(pairs), np.array(labels).astype("float32")


pairs_train, labels_train = make_pairs(x, y)
x_train_1 = pairs_train[:, 0]
x_train_2 = pairs_train[:, 1]


def euclidean_distance(vects):
    a, b, c = vects
    sum_square = tf.math.reduce_sum(tf.math.square(a - b), axis=1, keepdims=True)
    return tf.math.sqrt(tf.math.maximum(sum_square, 1e-7))


inp = layers.Input((28, 28, 1))
h = layers.BatchNormalization()(inp)
h = layers.Conv2D(4, (5, 5), activation="tanh")(h)
h = layers.AveragePooling2D(pool_size=(2, 2))(h)
h = layers.Conv2D(16, (5, 5), activation="tanh")(h)
h = layers.AveragePooling2D(pool_size=(2, 2))(h)
h = layers.Flatten()(h)
h = layers.Dense(10, activation="tanh")(h)
embedding_network = keras.Model(inp, h)

input_1 = layers.Input((28, 28, 1))
input_2 = layers.Input((28, 28, 1))
tower_1 = embedding_network(input_1)
tower_2 = embedding_network(input_2)
merge_layer = layers.Lambda(euclidean_distance, output_shape=(1,))([tower_1, tower_2])
normal_layer = layers.BatchNormalization()(merge_layer)
output_layer = layers.Dense(1, activation="sigmoid")(normal_layer)
siamese = keras.Model(inputs=[input_1, input_2], outputs=output_layer)


def loss(margin=1):
    def contrastive_loss(y_true, y_pred):
        square_pred = tf.math.square(y_pred)
        margin_square = tf.math.square(tf.math.maximum(margin - y_pred, 0))
        return tf.math.reduce_mean((1 - y_true) * square_pred + y_true * margin_square)
    return contrastive_loss


siamese.compile(loss=loss(margin=1), optimizer="RMSprop", metrics=["accuracy"])
history = siamese.fit([x_train_1, x_train_2], labels_train, batch_size=16, epochs=1, verbose=0)
results = siamese.evaluate([x_train_1[:8], x_train_2[:8]], labels_train[:8], verbose=0)
print(len(results), siamese.predict([x_train_1[:3], x_train_2[:3]], verbose=0).shape)
