import keras
from keras import layers
import numpy as np


class Patches(layers.Layer):
    def __init__(self, patch_size, **kwargs):
        super().__init__(**kwargs)
        self.patch_size = patch_size

    def call(self, x):
        p = keras.ops.image.extract_patches(x, self.patch_size)
        b = keras.ops.shape(p)[0]
        return keras.ops.reshape(p, (b, (x.shape[1] // self.patch_size) * (x.shape[2] // self.patch_size), x.shape[3] * self.patch_size ** 2))

    def get_config(self):
        config = super().get_config()
        config.update({"patch_size": self.patch_size})
        return config


class MLPMixerLayer(layers.Layer):
    def __init__(self, num_patches, hidden_units, dropout_rate, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.mlp1 = keras.Sequential([layers.Dense(units=num_patches, activation="gelu"), layers.Dense(units=num_patches), layers.Dropout(rate=dropout_rate)])
        self.mlp2 = keras.Sequential([layers.Dense(units=hidden_units, activation="gelu"), layers.Dense(units=hidden_units), layers.Dropout(rate=dropout_rate)])
        self.normalize = layers.LayerNormalization(epsilon=1e-6)

    def build(self, input_shape):
        return super().build(input_shape)

    def call(self, inputs):
        x = self.normalize(inputs)
        x_channels = keras.ops.transpose(x, axes=(0, 2, 1))
        mlp1_outputs = self.mlp1(x_channels)
        mlp1_outputs = keras.ops.transpose(mlp1_outputs, axes=(0, 2, 1))
        x = mlp1_outputs + inputs
        x_patches = self.normalize(x)
        mlp2_outputs = self.mlp2(x_patches)
        return x + mlp2_outputs


def build_classifier(blocks, positional_encoding=False, image_size=32, patch_size=8, dim=24, num_classes=10):
    num_patches = (image_size // patch_size) ** 2
    inputs = layers.Input(shape=(image_size, image_size, 3))
    x = layers.RandomZoom(height_factor=0.2, width_factor=0.2)(layers.RandomFlip("horizontal")(inputs))
    patches = Patches(patch_size)(x)
    x = layers.Dense(units=dim)(patches)
    if positional_encoding:
        positions = keras.ops.arange(start=0, stop=num_patches, step=1)
        x = x + layers.Embedding(input_dim=num_patches, output_dim=dim)(positions)
    x = blocks(x)
    representation = layers.GlobalAveragePooling1D()(x)
    representation = layers.Dropout(rate=0.2)(representation)
    logits = layers.Dense(num_classes)(representation)
    return keras.Model(inputs=inputs, outputs=logits)


blocks = keras.Sequential([MLPMixerLayer(16, 24, 0.2) for _ in range(2)])
model = build_classifier(blocks, positional_encoding=True)
model.compile(optimizer=keras.optimizers.AdamW(learning_rate=0.005, weight_decay=1e-4),
              loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc"), keras.metrics.SparseTopKCategoricalAccuracy(5, name="top5-acc")])
x, y = np.random.rand(24, 32, 32, 3), np.random.randint(0, 10, (24, 1))
history = model.fit(x, y, batch_size=8, epochs=1, validation_split=0.25, verbose=0, callbacks=[keras.callbacks.EarlyStopping(monitor="val_loss", patience=10, restore_best_weights=True)])
_, accuracy, top_5 = model.evaluate(x, y, verbose=0)
print(f"{accuracy >= 0} {len(model.weights)}")
