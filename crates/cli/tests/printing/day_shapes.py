import tensorflow as tf
from tensorflow.keras import layers, Model, Input
from tensorflow import keras
inp = Input(shape=(32, 32, 3), name="img")
print("input:", inp.shape)
x = inp
for i, f in enumerate([16, 32]):
    x = layers.Conv2D(f, 3, padding="same", activation="relu", name=f"conv{i}")(x)
    print(f"conv{i}:", x.shape)
    x = layers.MaxPooling2D(name=f"pool{i}")(x)
    print(f"pool{i}:", x.shape, x)
x = layers.Flatten(name="flat")(x)
print("flat:", x)
x = layers.Dense(10, name="fc")(x)
model = Model(inp, x, name="net")
print(model.input, model.output)
print(model.inputs, model.outputs)
model.summary()
for l in model.layers:
    print(f"{l.name:10s} {str(l.output.shape):22s} {l.count_params():8d}")
print(tuple(model(tf.zeros((2, 32, 32, 3))).shape), model(tf.zeros((2, 32, 32, 3))).dtype)
print(model.get_layer("conv0").kernel.shape, model.get_layer("conv0").bias.numpy())
print(model.get_layer("fc").weights[1])
seq = Input((None, 8)); h = layers.LSTM(4, return_sequences=True, name="l")(seq); print(seq.shape, h.shape, h)
h, s, c = layers.LSTM(4, return_state=True, name="ls")(seq); print(h, s, c)
print(layers.Reshape((4, 2), name="rs")(Input((8,))).shape, layers.Permute((2, 1), name="pm")(Input((3, 4))).shape, layers.Embedding(5, 6, name="em")(Input((7,))).shape)
print(layers.Concatenate(name="cc")([Input((2,)), Input((3,))]), layers.Dot(1, name="dt")([Input((2,)), Input((2,))]), layers.Add(name="aa")([Input((2, 3)), Input((2, 3))]))
print(keras.Model([inp], [x]).output_shape, model.layers[-1].input.shape, [l.name for l in model.layers], [type(l).__name__ for l in model.layers][:2])
