import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

x = np.sin(np.arange(40) * 0.37).reshape(10, 4).astype("float32")
y = (np.cos(np.arange(10)) > 0).astype("int32")
model = keras.Sequential([
    keras.Input((4,)),
    layers.Dense(6, activation="elu", name="first"),
    layers.LayerNormalization(name="norm"),
    layers.Dense(2, activation="softmax", name="last"),
])
for i, v in enumerate(model.weights):
    v.assign(0.3 * np.cos(np.arange(np.prod(v.shape)) + i).reshape(v.shape) + (1.0 if i == 2 else 0.0))
opt = keras.optimizers.AdamW(learning_rate=0.02, weight_decay=0.1, beta_1=0.8, epsilon=1e-5, clipnorm=0.7)
opt.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
model.compile(opt, "sparse_categorical_crossentropy", metrics=["accuracy", "sparse_top_k_categorical_accuracy"])
history = model.fit(x, y, batch_size=4, epochs=4, shuffle=False, verbose=0)
for name, values in history.history.items():
    print(name, [round(float(v), 4) for v in values])
prediction = model.predict(x[:3], verbose=0)
weights = model.get_weights()
outputs = np.array([int(opt.iterations.numpy())])
