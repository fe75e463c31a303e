import tensorflow as tf
import numpy as np

BATCH = 8
TEMPERATURE = 0.1


def get_augmenter(min_area, brightness):
    zoom = 1.0 - tf.sqrt(min_area)
    return tf.keras.Sequential([
        tf.keras.Input(shape=(32, 32, 3)),
        tf.keras.layers.Rescaling(1 / 255),
        tf.keras.layers.RandomFlip("horizontal"),
        tf.keras.layers.RandomTranslation(float(zoom) / 2, float(zoom) / 2),
        tf.keras.layers.RandomZoom((-float(zoom), 0.0), (-float(zoom), 0.0)),
    ])


encoder = tf.keras.Sequential([
    tf.keras.Input(shape=(32, 32, 3)),
    tf.keras.layers.Conv2D(32, 3, 2, activation="relu"),
    tf.keras.layers.Conv2D(32, 3, 2, activation="relu"),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(64, activation="relu"),
], name="encoder")

projection = tf.keras.Sequential([tf.keras.Input(shape=(64,)), tf.keras.layers.Dense(64, activation="relu"), tf.keras.layers.Dense(64)])

aug1 = get_augmenter(0.25, 0.6)
optimizer = tf.keras.optimizers.Adam()
acc_metric = tf.keras.metrics.SparseCategoricalAccuracy()


def nt_xent(z1, z2):
    z1 = tf.math.l2_normalize(z1, axis=1)
    z2 = tf.math.l2_normalize(z2, axis=1)
    sim = tf.matmul(z1, z2, transpose_b=True) / TEMPERATURE
    batch = tf.shape(z1)[0]
    labels = tf.range(batch)
    acc_metric.update_state(labels, sim)
    acc_metric.update_state(labels, tf.transpose(sim))
    l12 = tf.keras.losses.sparse_categorical_crossentropy(labels, sim, from_logits=True)
    l21 = tf.keras.losses.sparse_categorical_crossentropy(labels, tf.transpose(sim), from_logits=True)
    return (l12 + l21) / 2


images = np.random.randint(0, 256, (40, 32, 32, 3)).astype("uint8")
ds = (tf.data.Dataset.from_tensor_slices(images).shuffle(40).batch(BATCH, drop_remainder=True).prefetch(tf.data.AUTOTUNE))

for epoch in range(2):
    for batch in ds:
        with tf.GradientTape() as tape:
            h1 = encoder(aug1(batch, training=True), training=True)
            h2 = encoder(aug1(batch, training=True), training=True)
            loss = nt_xent(projection(h1, training=True), projection(h2, training=True))
        params = encoder.trainable_weights + projection.trainable_weights
        optimizer.apply_gradients(zip(tape.gradient(loss, params), params))
    print("epoch", epoch, "acc", acc_metric.result().numpy())
    acc_metric.reset_state()
