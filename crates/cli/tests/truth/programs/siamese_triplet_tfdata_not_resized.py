import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, metrics, Model, optimizers

target_shape = (32, 32)
anchors = np.random.rand(24, 40, 40, 3).astype("float32")
positives = np.random.rand(24, 40, 40, 3).astype("float32")
negatives = np.random.rand(24, 40, 40, 3).astype("float32")


def preprocess_image(image):
    return tf.image.resize(image, target_shape)


def preprocess_triplets(anchor, positive, negative):
    return preprocess_image(anchor), positive, preprocess_image(negative)


dataset = tf.data.Dataset.zip((tf.data.Dataset.from_tensor_slices(anchors), tf.data.Dataset.from_tensor_slices(positives),
                               tf.data.Dataset.from_tensor_slices(negatives).shuffle(24)))
dataset = dataset.shuffle(buffer_size=64).map(preprocess_triplets)
train_dataset = dataset.take(18).batch(6, drop_remainder=False).prefetch(2)
val_dataset = dataset.skip(18).batch(6).prefetch(2)

base_cnn = tf.keras.Sequential([
    layers.Input(target_shape + (3,)),
    layers.Conv2D(8, 3, strides=2, activation="relu"),
    layers.Conv2D(16, 3, strides=2, activation="relu", name="last_conv"),
])
flatten = layers.Flatten()(base_cnn.output)
dense1 = layers.Dense(32, activation="relu")(flatten)
dense1 = layers.BatchNormalization()(dense1)
output = layers.Dense(16)(dense1)
embedding = Model(base_cnn.input, output, name="Embedding")


class DistanceLayer(layers.Layer):
    def call(self, anchor, positive, negative):
        ap_distance = tf.reduce_sum(tf.square(anchor - positive), -1)
        an_distance = tf.reduce_sum(tf.square(anchor - negative), -1)
        return (ap_distance, an_distance)


anchor_input = layers.Input(name="anchor", shape=target_shape + (3,))
positive_input = layers.Input(name="positive", shape=target_shape + (3,))
negative_input = layers.Input(name="negative", shape=target_shape + (3,))
distances = DistanceLayer()(embedding(anchor_input), embedding(positive_input), embedding(negative_input))
siamese_network = Model(inputs=[anchor_input, positive_input, negative_input], outputs=distances)


class SiameseModel(Model):
    def __init__(self, siamese_network, margin=0.5):
        super().__init__()
        self.siamese_network = siamese_network
        self.margin = margin
        self.loss_tracker = metrics.Mean(name="loss")

    def call(self, inputs):
        return self.siamese_network(inputs)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            loss = self._compute_loss(data)
        gradients = tape.gradient(loss, self.siamese_network.trainable_weights)
        self.optimizer.apply_gradients(zip(gradients, self.siamese_network.trainable_weights))
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def test_step(self, data):
        loss = self._compute_loss(data)
        self.loss_tracker.update_state(loss)
        return {"loss": self.loss_tracker.result()}

    def _compute_loss(self, data):
        ap_distance, an_distance = self.siamese_network(data)
        loss = ap_distance - an_distance
        return tf.maximum(loss + self.margin, 0.0)

    @property
    def metrics(self):
        return [self.loss_tracker]


siamese_model = SiameseModel(siamese_network)
siamese_model.compile(optimizer=optimizers.Adam(0.0001))
siamese_model.fit(train_dataset, epochs=1, validation_data=val_dataset, verbose=0)

sample = next(iter(train_dataset))
anchor, positive, negative = sample
a, p, n = embedding(anchor), embedding(positive), embedding(negative)
cosine = metrics.CosineSimilarity()
print(cosine(a, p).numpy() < 2, a.shape)
