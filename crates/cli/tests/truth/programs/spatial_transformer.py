import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
import numpy as np


class BilinearInterpolation(layers.Layer):
    """Samples the input where the affine transformation says."""

    def __init__(self, output_size=(40, 40), **kwargs):
        super().__init__(**kwargs)
        self.output_size = output_size

    def get_config(self):
        return {**super().get_config(), "output_size": self.output_size}

    def compute_output_shape(self, input_shapes):
        h, w = self.output_size
        return (input_shapes[0][0], h, w, input_shapes[0][-1])

    def call(self, tensors):
        images, transform = tensors
        batch = tf.shape(images)[0]
        h, w = self.output_size
        x = tf.linspace(-1.0, 1.0, w)
        y = tf.linspace(-1.0, 1.0, h)
        xg, yg = tf.meshgrid(x, y)
        grid = tf.stack([tf.reshape(xg, [-1]), tf.reshape(yg, [-1]), tf.ones(h * w)], axis=0)
        grid = tf.tile(grid[tf.newaxis], [batch, 1, 1])
        theta = tf.reshape(transform, (-1, 2, 3))
        pts = tf.matmul(theta, grid)
        xs, ys = tf.unstack(pts, axis=1)
        height = tf.cast(tf.shape(images)[1], tf.float32)
        width = tf.cast(tf.shape(images)[2], tf.float32)
        xs = 0.5 * (xs + 1.0) * (width - 1)
        ys = 0.5 * (ys + 1.0) * (height - 1)
        x0 = tf.cast(tf.floor(xs), tf.int32)
        y0 = tf.cast(tf.floor(ys), tf.int32)
        max_x = tf.cast(width - 1, tf.int32)
        max_y = tf.cast(height - 1, tf.int32)
        x0, x1 = tf.clip_by_value(x0, 0, max_x), tf.clip_by_value(x0 + 1, 0, max_x)
        y0, y1 = tf.clip_by_value(y0, 0, max_y), tf.clip_by_value(y0 + 1, 0, max_y)
        gather = lambda yy, xx: tf.gather_nd(images, tf.stack([yy, xx], axis=-1), batch_dims=1)
        a, b, c, d = gather(y0, x0), gather(y1, x0), gather(y0, x1), gather(y1, x1)
        x0f, x1f = tf.cast(x0, tf.float32), tf.cast(x1, tf.float32)
        y0f, y1f = tf.cast(y0, tf.float32), tf.cast(y1, tf.float32)
        wa = ((x1f - xs) * (y1f - ys))[..., None]
        wb = ((x1f - xs) * (ys - y0f))[..., None]
        wc = ((xs - x0f) * (y1f - ys))[..., None]
        wd = ((xs - x0f) * (ys - y0f))[..., None]
        out = tf.add_n([wa * a, wb * b, wc * c, wd * d])
        return tf.reshape(out, [-1, h, w, images.shape[-1]])


def initial_weights(output_size):
    b = np.zeros((2, 3), dtype="float32")
    b[0, 0] = 1
    b[1, 1] = 1
    W = np.zeros((output_size, 6), dtype="float32")
    return [W, b.flatten()]


def STN(input_shape=(60, 60, 1), sampling_size=(30, 30), num_classes=10):
    image = layers.Input(shape=input_shape)
    loc = layers.MaxPool2D(pool_size=(2, 2))(image)
    loc = layers.Conv2D(20, (5, 5))(loc)
    loc = layers.MaxPool2D(pool_size=(2, 2))(loc)
    loc = layers.Conv2D(20, (5, 5))(loc)
    loc = layers.Flatten()(loc)
    loc = layers.Dense(50, activation="relu")(loc)
    fc = layers.Dense(6)
    theta = fc(loc)
    fc.set_weights(initial_weights(50))
    x = BilinearInterpolation(sampling_size)([image, theta])
    x = layers.Conv2D(16, (3, 3), padding="same", activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs=image, outputs=layers.Dense(num_classes, activation="softmax")(x))


model = STN()
model.compile(loss="categorical_crossentropy", optimizer="adam")
model.summary()
x = np.random.rand(12, 60, 60, 1).astype("float32")
y = keras.utils.to_categorical(np.random.randint(10, size=12), 10)
for epoch in range(2):
    for start in range(0, 12, 4):
        loss = model.train_on_batch(x[start:start + 4], y[start:start + 4])
print(model.predict_on_batch(x[:3]).shape)
