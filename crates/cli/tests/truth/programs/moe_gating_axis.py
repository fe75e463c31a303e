import numpy as np
import keras
from keras import layers, ops


class MixtureOfExperts(layers.Layer):
    def __init__(self, num_experts, units, top_k=2, **kwargs):
        super().__init__(**kwargs)
        self.num_experts = num_experts
        self.units = units
        self.top_k = top_k
        self.gate = layers.Dense(num_experts, use_bias=False)
        self.experts = [
            keras.Sequential([layers.Dense(units, activation="gelu"), layers.Dense(units)]) for _ in range(num_experts)
        ]

    def build(self, input_shape):
        self.gate.build(input_shape)
        for e in self.experts:
            e.build(input_shape)
        self.usage = self.add_weight(shape=(self.num_experts,), initializer="zeros", trainable=False, name="usage")
        super().build(input_shape)

    def call(self, x, training=False):
        logits = self.gate(x)
        values, indices = ops.top_k(logits, k=self.top_k)
        weights = ops.softmax(values, axis=-1)
        combine = ops.sum(ops.one_hot(indices, self.num_experts) * weights[..., None], axis=-1)
        stacked = ops.stack([e(x) for e in self.experts], axis=1)
        if training:
            load = ops.mean(combine, axis=0)
            self.usage.assign(0.9 * self.usage + 0.1 * load)
            self.add_loss(0.01 * ops.var(load))
        return ops.einsum("be,beu->bu", combine, stacked)

    def compute_output_shape(self, input_shape):
        return input_shape[:-1] + (self.units,)


inputs = keras.Input((20,), name="x")
h = MixtureOfExperts(4, 32)(inputs)
h = layers.LayerNormalization()(h)
out = layers.Dense(3)(h)
model = keras.Model(inputs, out)
model.compile("adamw", keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), metrics=["acc"])
x = np.random.normal(size=(128, 20))
y = np.eye(3)[np.random.randint(0, 3, 128)]
model.fit(x, y, epochs=2, batch_size=32, verbose=2)
print(model.count_params(), [w.shape for w in model.non_trainable_weights])
