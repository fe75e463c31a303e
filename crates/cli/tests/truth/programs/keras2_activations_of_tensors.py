# the functions under `keras.activations` on a symbolic tensor
from tensorflow import keras

x = keras.Input((4,))
for name in ["relu", "swish", "elu", "selu", "softplus", "softsign", "gelu", "tanh", "sigmoid", "exponential", "hard_sigmoid", "linear", "softmax"]:
    f = getattr(keras.activations, name)
    y = f(x)
    print(name, y.shape)
y = keras.activations.relu(x, 0.1)
z = keras.activations.get("swish")(y)
print(keras.Model(x, z).count_params())
