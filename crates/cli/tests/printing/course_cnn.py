import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
x = np.random.RandomState(0).rand(8, 12, 12, 1).astype("float32")
y = np.arange(8) % 2
model = keras.Sequential([
    keras.Input(shape=(12, 12, 1)),
    layers.Conv2D(4, 3, activation="relu", padding="same", name="conv1"),
    layers.BatchNormalization(name="bn"),
    layers.MaxPooling2D(2, name="pool"),
    layers.Conv2D(8, (3, 3), strides=2, name="conv2"),
    layers.GlobalAveragePooling2D(name="gap"),
    layers.Dropout(0.5, name="drop"),
    layers.Dense(2, activation="softmax", name="out"),
], name="cnn")
model.summary()
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
h = model.fit(x, y, epochs=2, batch_size=4, validation_split=0.25, verbose=0)
print(sorted(h.history.keys()), model.predict(x, verbose=0).shape)
for l in model.layers:
    print(f"{l.name:8s} {l.__class__.__name__:24s} {str(l.output.shape):20s} {l.count_params():5d} {l.trainable}")
print("trainable:", sum(int(np.prod(w.shape)) for w in model.trainable_weights), "total:", model.count_params(), "non:", len(model.non_trainable_weights))
f = keras.Model(model.inputs, model.get_layer("pool").output)
print(f.predict(x[:1], verbose=0).shape, f.output_shape, len(f.layers))
model.get_layer("conv1").trainable = False
print(len(model.trainable_weights), [l.name for l in model.layers if not l.trainable])
print(model.get_layer("conv2").get_config()["strides"], model.get_layer("conv1").kernel.shape, model.get_layer(index=2).name)
w = model.get_weights()
print(len(w), [a.shape for a in w])
clone = keras.models.clone_model(model)
print(clone.name, clone.count_params() == model.count_params(), clone.get_layer("gap").name)
print(layers.Conv2D(2, 3)(x).shape, layers.AveragePooling2D(2)(x).shape, layers.UpSampling2D()(x).shape, layers.ZeroPadding2D(1)(x).shape, layers.Conv2DTranspose(3, 3, strides=2)(x).shape, layers.Cropping2D(1)(x).shape, layers.SeparableConv2D(4, 3)(x).shape, layers.DepthwiseConv2D(3)(x).shape)
print(layers.MaxPooling2D(2)(np.arange(16.0).reshape(1, 4, 4, 1)).numpy().squeeze(), layers.Flatten()(x).shape, layers.Permute((2, 1, 3))(x).shape)
