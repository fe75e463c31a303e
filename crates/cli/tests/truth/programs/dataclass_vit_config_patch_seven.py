from dataclasses import dataclass, field
from enum import Enum
from typing import Tuple
import numpy as np
import keras
from keras import layers, ops


class Pool(Enum):
    CLS = "cls"
    MEAN = "mean"


@dataclass
class ViTConfig:
    image: int = 24
    patch: int = 7
    dim: int = 16
    heads: int = 2
    depth: int = 2
    mlp: Tuple[int, ...] = (32, 16)
    classes: int = 4
    pool: Pool = Pool.MEAN
    extra: dict = field(default_factory=dict)

    @property
    def patches(self):
        return (self.image // self.patch) ** 2


class Patches(layers.Layer):
    def __init__(self, patch_size, **kw):
        super().__init__(**kw)
        self.patch_size = patch_size

    def call(self, images):
        b, h, w, c = ops.shape(images)
        p = self.patch_size
        patches = keras.ops.image.extract_patches(images, size=p)
        return ops.reshape(patches, (b, (h // p) * (w // p), p * p * c))


class PatchEncoder(layers.Layer):
    def __init__(self, num_patches, dim):
        super().__init__()
        self.num_patches = num_patches
        self.projection = layers.Dense(dim)
        self.position = layers.Embedding(num_patches, dim)

    def call(self, patch):
        positions = ops.expand_dims(ops.arange(0, self.num_patches, 1), 0)
        return self.projection(patch) + self.position(positions)


def mlp(x, units, rate):
    for u in units:
        x = layers.Dense(u, activation=keras.activations.gelu)(x)
        x = layers.Dropout(rate)(x)
    return x


def vit(cfg: ViTConfig):
    inputs = keras.Input((cfg.image, cfg.image, 3))
    encoded = PatchEncoder(cfg.patches, cfg.dim)(Patches(cfg.patch)(inputs))
    for _ in range(cfg.depth):
        x1 = layers.LayerNormalization(epsilon=1e-6)(encoded)
        att = layers.MultiHeadAttention(num_heads=cfg.heads, key_dim=cfg.dim, dropout=0.1)(x1, x1)
        x2 = layers.Add()([att, encoded])
        x3 = mlp(layers.LayerNormalization(epsilon=1e-6)(x2), cfg.mlp, 0.1)
        encoded = layers.Add()([x3, x2])
    x = layers.LayerNormalization(epsilon=1e-6)(encoded)
    x = x[:, 0] if cfg.pool is Pool.CLS else layers.GlobalAveragePooling1D()(x)
    return keras.Model(inputs, layers.Dense(cfg.classes)(x))


cfg = ViTConfig()
model = vit(cfg)
model.compile(keras.optimizers.AdamW(1e-3, weight_decay=1e-4), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
x = np.random.rand(12, cfg.image, cfg.image, 3).astype("float32")
model.fit(x, np.arange(12) % cfg.classes, batch_size=4, epochs=1, verbose=0)
print(model.count_params())
