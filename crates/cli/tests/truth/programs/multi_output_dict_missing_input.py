import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

n = 48
title = np.random.randint(0, 100, (n, 10))
body = np.random.randint(0, 100, (n, 30))
tags = np.random.randint(0, 2, (n, 5)).astype("float32")
priority = np.random.rand(n, 1)
department = np.random.randint(0, 4, (n,))
title_in, body_in = keras.Input((None,), name="title"), keras.Input((None,), name="body")
tags_in = keras.Input((5,), name="tags")
t = layers.LSTM(8)(layers.Embedding(100, 8)(title_in))
b = layers.LSTM(8)(layers.Embedding(100, 8)(body_in))
x = layers.concatenate([t, b, tags_in])
p = layers.Dense(1, activation="sigmoid", name="priority")(x)
d = layers.Dense(4, name="department")(x)
model = keras.Model([title_in, body_in, tags_in], [p, d])
model.compile(
    "rmsprop",
    loss={"priority": "binary_crossentropy", "department": keras.losses.SparseCategoricalCrossentropy(from_logits=True)},
    loss_weights={"priority": 1.0, "department": 0.2},
    metrics={"department": ["accuracy"]},
)
model.fit({"title": title, "tags": tags}, {"priority": priority, "department": department}, epochs=1, batch_size=16, verbose=0)
out = model.predict({"title": title[:2], "body": body[:2], "tags": tags[:2]}, verbose=0)
print(len(out))
