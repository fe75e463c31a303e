"""Fine-tuning a pretrained network's shape."""
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers

IMG = 96
base = tf.keras.applications.MobileNetV2(input_shape=(IMG, IMG, 3), include_top=False, weights=None)
base.trainable = False
inputs = tf.keras.Input(shape=(IMG, IMG, 3))
x = layers.RandomFlip("horizontal")(inputs)
x = layers.Rescaling(1.0 / 127.5, offset=-1)(x)
x = base(x, training=False)
x = layers.GlobalAveragePooling2D()(x)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(1)(x)
model = tf.keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss=tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])
print(base.output_shape, len(base.layers), len(model.trainable_variables))
model.fit(np.random.rand(4, IMG, IMG, 3) * 255, np.array([0, 1, 1, 0]), epochs=1, batch_size=2, verbose=0)
base.trainable = True
for layer in base.layers[:100]:
    layer.trainable = False
print(len(model.trainable_variables), base.get_layer("block_17_project").output.shape)
