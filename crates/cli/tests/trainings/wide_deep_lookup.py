"""A wide and deep model over encoded categories and normalised numbers."""
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

age = np.linspace(18, 65, 12).reshape(12, 1).astype("float32")
city = (np.arange(12) * 7 % 5).reshape(12, 1)
y = (np.arange(12) % 3 == 0).astype("float32")
scale = layers.Normalization(axis=-1)
scale.adapt(age)
a = keras.Input((1,), name="age")
c = keras.Input((1,), dtype="int64", name="city")
wide = layers.CategoryEncoding(num_tokens=5, output_mode="one_hot")(c)
deep = layers.Flatten()(layers.Embedding(5, 3, embeddings_regularizer="l2", name="embedding")(c))
deep = layers.Dense(4, activation="relu")(layers.Concatenate()([scale(a), deep]))
both = layers.concatenate([wide, deep])
model = keras.Model({"age": a, "city": c}, layers.Dense(1, activation="sigmoid")(both))
for k, layer in enumerate(model.layers):
    if layer.get_weights() and not isinstance(layer, layers.Normalization):
        layer.set_weights([0.5 * np.sin(np.arange(w.size) + k).reshape(w.shape) for w in layer.get_weights()])
model.compile(keras.optimizers.Adagrad(0.05), "binary_crossentropy", metrics=[keras.metrics.AUC(num_thresholds=20, name="auc")])
history = model.fit({"age": age, "city": city}, y, batch_size=5, epochs=3, shuffle=False, verbose=0)
prediction = model.predict({"age": age, "city": city}, verbose=0)
outputs = {"mean": np.asarray(scale.mean), "variance": np.asarray(scale.variance)}
