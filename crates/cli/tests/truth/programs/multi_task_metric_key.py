import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

num_tags, num_words, num_departments, samples = 12, 1000, 4, 96
title_input = keras.Input(shape=(None,), name="title")
body_input = keras.Input(shape=(None,), name="body")
tags_input = keras.Input(shape=(num_tags,), name="tags")
title_features = layers.LSTM(16)(layers.Embedding(num_words, 8)(title_input))
body_features = layers.LSTM(8)(layers.Embedding(num_words, 8)(body_input))
x = layers.concatenate([title_features, body_features, tags_input])
priority_pred = layers.Dense(1, name="priority")(x)
department_pred = layers.Dense(num_departments, name="department")(x)
model = keras.Model(inputs=[title_input, body_input, tags_input],
                    outputs={"priority": priority_pred, "department": department_pred})
model.compile(
    optimizer=keras.optimizers.RMSprop(1e-3),
    loss={"priority": keras.losses.BinaryCrossentropy(from_logits=True),
          "department": keras.losses.CategoricalCrossentropy(from_logits=True)},
    loss_weights={"priority": 1.0, "department": 0.2},
    metrics={"departments": ["accuracy"]},
)
title_data = np.random.randint(num_words, size=(samples, 10))
body_data = np.random.randint(num_words, size=(samples, 50))
tags_data = np.random.randint(2, size=(samples, num_tags)).astype("float32")
priority_targets = np.random.randint(2, size=(samples, 1)).astype("float32")
dept_targets = keras.utils.to_categorical(np.random.randint(num_departments, size=samples), num_departments)

history = model.fit(
    {"title": title_data, "body": body_data, "tags": tags_data},
    {"priority": priority_targets, "department": dept_targets},
    sample_weight={"priority": np.ones(samples), "department": np.ones(samples)},
    epochs=1, batch_size=32, validation_split=0.1, verbose=0)
scores = model.evaluate({"title": title_data, "body": body_data, "tags": tags_data},
                        {"priority": priority_targets, "department": dept_targets}, return_dict=True, verbose=0)
out = model.predict({"title": title_data[:2], "body": body_data[:2], "tags": tags_data[:2]}, verbose=0)
print(sorted(out), out["department"].shape)
