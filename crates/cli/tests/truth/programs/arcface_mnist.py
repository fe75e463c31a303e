import math
import numpy as np
import tensorflow as tf
import tensorflow.keras as keras
import tensorflow.keras.backend as K
from tensorflow.keras import regularizers

NUM_CLASSES = 10


class ArcFace(keras.layers.Layer):
    def __init__(self, n_classes=10, s=30.0, m=0.50, regularizer=None, **kwargs):
        super(ArcFace, self).__init__(**kwargs)
        self.n_classes = n_classes
        self.s = s
        self.m = m
        self.regularizer = regularizers.get(regularizer)

    def build(self, input_shape):
        super(ArcFace, self).build(input_shape[0])
        self.W = self.add_weight(name='W',
                                 shape=(input_shape[0][-1], self.n_classes),
                                 initializer='glorot_uniform',
                                 trainable=True,
                                 regularizer=self.regularizer)

    def call(self, inputs):
        x, y = inputs
        x = tf.nn.l2_normalize(x, axis=1)
        W = tf.nn.l2_normalize(self.W, axis=0)
        logits = x @ W
        theta = tf.acos(tf.clip_by_value(logits, -1.0 + 1e-7, 1.0 - 1e-7))
        target_logits = tf.cos(theta + self.m)
        logits = logits * (1 - y) + target_logits * y
        logits *= self.s
        return tf.nn.softmax(logits)

    def compute_output_shape(self, input_shape):
        return (None, self.n_classes)


def vgg_block(x, filters, layers):
    for _ in range(layers):
        x = keras.layers.Conv2D(filters, (3, 3), padding='same', kernel_initializer='he_normal',
                                kernel_regularizer=regularizers.l2(1e-4))(x)
        x = keras.layers.BatchNormalization()(x)
        x = keras.layers.Activation('relu')(x)
    return x


def vgg8_arcface():
    inp = keras.layers.Input(shape=(28, 28, 1))
    y = keras.layers.Input(shape=(10,))
    x = vgg_block(inp, 8, 2)
    x = keras.layers.MaxPooling2D(pool_size=(2, 2))(x)
    x = vgg_block(x, 16, 2)
    x = keras.layers.MaxPooling2D(pool_size=(2, 2))(x)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.Dropout(0.5)(x)
    x = keras.layers.Flatten()(x)
    x = keras.layers.Dense(3, kernel_initializer='he_normal', kernel_regularizer=regularizers.l2(1e-4))(x)
    x = keras.layers.BatchNormalization()(x)
    output = ArcFace(10, regularizer=regularizers.l2(1e-4))([x, y])
    return keras.models.Model([inp, y], output)


X = np.random.rand(64, 28, 28)[:, :, :, np.newaxis].astype('float32')
labels = np.random.randint(0, NUM_CLASSES, 64)
y = keras.utils.to_categorical(labels, NUM_CLASSES)
model = vgg8_arcface()
model.compile(loss='categorical_crossentropy', optimizer=keras.optimizers.Adam(), metrics=['accuracy'])
model.summary()
callbacks = [keras.callbacks.TerminateOnNaN(),
             keras.callbacks.ReduceLROnPlateau(monitor='loss', factor=0.5, patience=1, verbose=1)]
model.fit([X, y], y, batch_size=16, epochs=2, verbose=1, callbacks=callbacks)

embedder = keras.models.Model(inputs=model.input[0], outputs=model.layers[-3].output)
emb = embedder.predict(X, verbose=1)
emb /= np.linalg.norm(emb, axis=1, keepdims=True)
print(emb.shape)
