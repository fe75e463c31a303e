from tensorflow import keras
from tensorflow.keras import layers

model = keras.Sequential([
    keras.Input(shape=(28, 28, 1)),
    layers.Conv2D(32, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dropout(0.5),
    layers.Dense(10, activation="softmax", name="out"),
], name="digits")
model.summary()
print(model.name, len(model.layers), model.count_params(), model.input_shape, model.output_shape)
for layer in model.layers:
    print(layer.name, layer.__class__.__name__, layer.trainable, [w.shape for w in layer.get_weights()], layer.count_params())
print([w.name for w in model.weights], [tuple(w.shape) for w in model.trainable_weights])
print(model.input, model.output)
print(model.layers[0].kernel.shape, model.layers[0].bias.numpy()[:2], model.get_layer("out").units)
print([layer.name for layer in model.layers if isinstance(layer, layers.Dense)])
a = keras.Input((4,), name="a")
b = keras.Input((4,), name="b")
x = layers.Concatenate()([layers.Dense(3)(a), layers.Dense(3, activation="tanh")(b)])
two = keras.Model(inputs=[a, b], outputs=[layers.Dense(1, name="o1")(x), layers.Dense(2, name="o2")(x)], name="two")
two.summary()
print(two.input_names if hasattr(two, "input_names") else None, two.output_names)
print(two.inputs, two.outputs)
