import numpy as np
import tensorflow as tf
from tensorflow import keras

img_size = (64, 64)
last_conv_layer_name = "block3_conv"


def build():
    inputs = keras.Input(shape=img_size + (3,))
    x = keras.layers.Rescaling(1.0 / 255)(inputs)
    for i, f in enumerate([8, 16, 32], 1):
        x = keras.layers.Conv2D(f, 3, padding="same", activation="relu", name=f"block{i}_conv")(x)
        if i < 3:
            x = keras.layers.MaxPooling2D(name=f"block{i}_pool")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    outputs = keras.layers.Dense(10, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs)


def get_img_array(size):
    array = np.random.randint(0, 256, size + (3,)).astype("float32")
    return np.expand_dims(array, axis=0)


def make_gradcam_heatmap(img_array, model, last_conv_layer_name, pred_index=None):
    grad_model = keras.models.Model(model.inputs, [model.get_layer(last_conv_layer_name).output, model.output])
    with tf.GradientTape() as tape:
        last_conv_layer_output, preds = grad_model(img_array)
        if pred_index is None:
            pred_index = tf.argmax(preds[0])
        class_channel = preds[:, pred_index]
    grads = tape.gradient(class_channel, img_array)
    pooled_grads = tf.reduce_mean(grads, axis=(0, 1, 2))
    last_conv_layer_output = last_conv_layer_output[0]
    heatmap = last_conv_layer_output @ pooled_grads[..., tf.newaxis]
    heatmap = tf.squeeze(heatmap)
    heatmap = tf.maximum(heatmap, 0) / tf.math.reduce_max(heatmap)
    return heatmap.numpy()


model = build()
model.layers[-1].activation = None
img_array = get_img_array(img_size)
preds = model.predict(img_array, verbose=0)
heatmap = make_gradcam_heatmap(img_array, model, last_conv_layer_name)
assert heatmap.shape == (16, 16)
big = tf.image.resize(heatmap[..., None], img_size)
superimposed = big * 0.4 + img_array[0]
print(superimposed.shape)
