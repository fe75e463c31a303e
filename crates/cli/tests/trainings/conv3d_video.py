import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

clips = np.cos(np.arange(5 * 4 * 5 * 5 * 2) * 0.19).reshape(5, 4, 5, 5, 2).astype("float32")
label = np.array([[0.0], [1.0], [1.0], [0.0], [1.0]])
model = keras.Sequential([
    keras.Input((4, 5, 5, 2)),
    layers.Conv3D(3, (2, 3, 3), activation="relu"),
    layers.MaxPooling3D((1, 2, 2)),
    layers.Conv3D(2, 1, padding="same"),
    layers.AveragePooling3D((3, 1, 1)),
    layers.Flatten(),
    layers.Dense(1),
])
model.set_weights([0.5 * np.sin(np.arange(w.size) * 0.9 + k).reshape(w.shape) for k, w in enumerate(model.get_weights())])
model.compile(keras.optimizers.SGD(0.05, nesterov=True, momentum=0.5), keras.losses.BinaryCrossentropy(from_logits=True),
              metrics=[keras.metrics.BinaryAccuracy(threshold=0.0, name="acc")])
history = model.fit(clips, label, batch_size=2, epochs=3, shuffle=False, verbose=0)
prediction = model.predict(clips, verbose=0)
weights = model.get_weights()
