"""Pairs of digits and a contrastive loss."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.random.random((40, 28, 28)).astype("float32")
y = np.random.randint(0, 4, 40)


def make_pairs(x, y):
    num_classes = max(y) + 1
    digit_indices = [np.where(y == i)[0] for i in range(num_classes)]
    pairs, labels = [], []
    for idx1 in range(len(x)):
        x1, label1 = x[idx1], y[idx1]
        idx2 = np.random.choice(digit_indices[label1])
        pairs += [[x1, x[idx2]]]
        labels += [0]
        label2 = np.random.randint(0, num_classes)
        while label2 == label1:
            label2 = np.random.randint(0, num_classes)
        idx2 = np.random.choice(digit_indices[label2])
        pairs += [[x1, x[idx2]]]
        labels += [1]
    return np.array(pairs), np.array(labels).astype("float32")


pairs, labels = make_pairs(x, y)
left, right = pairs[:, 0], pairs[:, 1]

inputs = layers.Input((28, 28, 1))
h = layers.BatchNormalization()(inputs)
h = layers.Conv2D(4, (5, 5), activation="tanh")(h)
h = layers.AveragePooling2D(pool_size=(2, 2))(h)
h = layers.Flatten()(h)
h = layers.BatchNormalization()(h)
embedding_network = keras.Model(inputs, layers.Dense(10, activation="tanh")(h))

input_1, input_2 = layers.Input((28, 28, 1)), layers.Input((28, 28, 1))
tower_1, tower_2 = embedding_network(input_1), embedding_network(input_2)
distance = layers.Dot(axes=2, normalize=True)([tower_1, tower_2])
output = layers.Dense(1, activation="sigmoid")(layers.BatchNormalization()(distance))
siamese = keras.Model(inputs=[input_1, input_2], outputs=output)


def contrastive(margin=1):
    def loss(y_true, y_pred):
        square = keras.backend.square(y_pred) if hasattr(keras.backend, "square") else y_pred * y_pred
        return (1 - y_true) * square + y_true * (margin - y_pred) * (margin - y_pred)

    return loss


siamese.compile(loss=contrastive(margin=1), optimizer="rmsprop", metrics=["accuracy"])
siamese.fit([left, right], labels, batch_size=16, epochs=1, verbose=0)
print(siamese.predict([left[:3], right[:3]], verbose=0).shape)
