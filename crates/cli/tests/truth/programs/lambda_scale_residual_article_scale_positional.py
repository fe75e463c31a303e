"""A residual block whose branch is scaled by a Lambda, as in Inception-ResNet."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, Model
from tensorflow.keras import backend as K


def conv_bn(x, filters, kernel, strides=1, activation="relu", name=None):
    x = layers.Conv2D(filters, kernel, strides=strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(axis=3, momentum=0.995, scale=False)(x)
    if activation is not None:
        x = layers.Activation(activation, name=name)(x)
    return x


def scaling(x, scale):
    return x * scale


def block35(x, scale, index):
    tower0 = conv_bn(x, 8, 1)
    tower1 = conv_bn(x, 8, 1)
    tower1 = conv_bn(tower1, 8, 3)
    mixed = layers.Concatenate(axis=3, name=f"block35_{index}_concat")([tower0, tower1])
    up = layers.Conv2D(K.int_shape(x)[3], 1, padding="same", name=f"block35_{index}_up")(mixed)
    up = layers.Lambda(scaling, output_shape=K.int_shape(up)[1:], arguments={"scales": scale})(up)
    x = layers.add([x, up])
    return layers.Activation("relu", name=f"block35_{index}_out")(x)


inputs = layers.Input(shape=(32, 32, 3))
x = conv_bn(inputs, 16, 3, strides=2, name="stem")
for i in range(1, 4):
    x = block35(x, 0.17, i)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
x = layers.Dense(128, use_bias=False, name="bottleneck")(x)
x = layers.BatchNormalization(momentum=0.995, scale=False)(x)
embeddings = layers.Lambda(lambda t: K.l2_normalize(t, axis=1), output_shape=(128,))(x)
model = Model(inputs, embeddings, name="facenet_like")

rng = np.random.default_rng(0)
faces = rng.random((12, 32, 32, 3)).astype("float32")
codes = model.predict(faces, verbose=0)
print(codes.shape)
dist = np.linalg.norm(codes[0] - codes[1])
model.compile("adam", loss=lambda y_true, y_pred: K.mean(1.0 - K.sum(y_true * y_pred, axis=-1)))
model.fit(faces, codes, epochs=1, batch_size=4, verbose=0)
print([layer.name for layer in model.layers if "block35" in layer.name])
