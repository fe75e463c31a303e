import numpy as np
from tensorflow import keras
from tensorflow.keras import layers
x_train = (np.arange(64, dtype="float32").reshape(16, 4) % 7) / 7
y_train = np.arange(16) % 3
print("x_train shape:", x_train.shape, "y_train shape:", y_train.shape)
print("classes:", np.unique(y_train), "counts:", np.bincount(y_train))
y = keras.utils.to_categorical(y_train, 3)
print(y[:3])
model = keras.Sequential([
    layers.Input(shape=(4,)),
    layers.Dense(8, activation="relu", kernel_initializer="ones", name="hidden"),
    layers.Dense(3, activation="softmax", kernel_initializer="zeros", name="output"),
], name="classifier")
model.summary()
model.compile(optimizer=keras.optimizers.SGD(0.01), loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x_train, y, epochs=2, batch_size=16, verbose=0, shuffle=False)
print(history.history.keys())
print("loss:", [f"{v:.3f}" for v in history.history["loss"]])
loss, acc = model.evaluate(x_train, y, verbose=0)
print(f"Test loss: {loss:.4f}, accuracy: {acc:.4f}")
print("Test loss: %.3f, accuracy: %.2f%%" % (loss, acc * 100))
probs = model.predict(x_train[:3], verbose=0)
print(probs.round(3))
print(np.argmax(probs, axis=1), probs.shape, probs.dtype)
for layer in model.layers:
    print(layer.name, layer.output.shape, [w.shape for w in layer.get_weights()], layer.count_params(), layer.trainable)
for w in model.weights:
    print(w.name, w.shape, w.dtype)
print(model.input_shape, model.output_shape, len(model.layers))
