"""Lambda layers, activations of all kinds, merging layers, reshaping."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.sin(np.arange(9 * 12) * 0.21).reshape(9, 12).astype("float32")
y = np.stack([np.cos(np.arange(9)), np.sin(np.arange(9))], axis=1).astype("float32")
inputs = keras.Input((12,))
branches = []
for k, name in enumerate(["relu", "sigmoid", "tanh", "softplus", "softsign", "selu", "elu", "exponential", "gelu", "swish", "mish", "hard_sigmoid", "linear", "softmax"]):
    branches.append(layers.Dense(3, activation=name, name=f"d{k}")(inputs))
a = layers.Average()(branches[:4])
b = layers.Maximum()(branches[4:7])
c = layers.Minimum()(branches[7:10])
d = layers.Subtract()(branches[10:12])
e = layers.Dot(axes=1, normalize=True)(branches[12:14])
r = layers.Reshape((3, 4))(inputs)
r = layers.Permute((2, 1))(r)
r = layers.Flatten()(layers.RepeatVector(2)(layers.Lambda(lambda t: t[:, 0, :] * 2.0, output_shape=(3,))(r)))
m = layers.Concatenate()([a, b, c, d, e, r])
model = keras.Model(inputs, layers.Dense(2)(m))
model.set_weights([0.3 * np.sin(np.arange(w.size) * 0.7 + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
model.compile(keras.optimizers.Adam(0.01, epsilon=1e-3), "mse")
history = model.fit(x, y, batch_size=4, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(x[:3], verbose=0)
weights = model.get_weights()
