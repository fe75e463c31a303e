import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras.utils import FeatureSpace

n = 120
rng = np.random.default_rng(1)
dataframe = pd.DataFrame({
    "age": rng.integers(30, 80, n),
    "sex": rng.integers(0, 2, n),
    "cp": rng.integers(0, 5, n),
    "thal": rng.choice(["normal", "fixed", "reversible"], n),
    "oldpeak": rng.random(n).round(1),
    "target": rng.integers(0, 2, n),
})
val_dataframe = dataframe.sample(frac=0.2, random_state=1337)
train_dataframe = dataframe.drop(val_dataframe.index)
print("Using %d samples for training and %d for validation" % (len(train_dataframe), len(val_dataframe)))


def dataframe_to_dataset(dataframe):
    dataframe = dataframe.copy()
    labels = dataframe.pop("target")
    ds = tf.data.Dataset.from_tensor_slices((dict(dataframe), labels))
    ds = ds.shuffle(buffer_size=len(dataframe))
    return ds


train_ds = dataframe_to_dataset(train_dataframe.drop(columns=["oldpeak"])).batch(16)
val_ds = dataframe_to_dataset(val_dataframe).batch(16)
feature_space = FeatureSpace(
    features={
        "sex": "integer_categorical",
        "cp": FeatureSpace.integer_categorical(num_oov_indices=0),
        "thal": FeatureSpace.string_categorical(num_oov_indices=0),
        "age": "float_discretized",
        "oldpeak": FeatureSpace.float_normalized(),
    },
    crosses=[FeatureSpace.cross(feature_names=("sex", "thal"), crossing_dim=8)],
    output_mode="concat",
)
train_ds_with_no_labels = train_ds.map(lambda x, _: x)
feature_space.adapt(train_ds_with_no_labels)
for x, _ in train_ds.take(1):
    preprocessed_x = feature_space(x)
    print("preprocessed_x.shape:", preprocessed_x.shape)
preprocessed_train_ds = train_ds.map(lambda x, y: (feature_space(x), y), num_parallel_calls=tf.data.AUTOTUNE).prefetch(1)
preprocessed_val_ds = val_ds.map(lambda x, y: (feature_space(x), y)).prefetch(1)
dict_inputs = feature_space.get_inputs()
encoded_features = feature_space.get_encoded_features()
x = keras.layers.Dense(32, activation="relu")(encoded_features)
x = keras.layers.Dropout(0.5)(x)
predictions = keras.layers.Dense(1, activation="sigmoid")(x)
training_model = keras.Model(inputs=encoded_features, outputs=predictions)
training_model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
inference_model = keras.Model(inputs=dict_inputs, outputs=predictions)
training_model.fit(preprocessed_train_ds, epochs=1, validation_data=preprocessed_val_ds, verbose=2)
sample = {"age": 60, "sex": 1, "cp": 1, "thal": "fixed", "oldpeak": 2.3}
input_dict = {name: tf.convert_to_tensor([value]) for name, value in sample.items()}
print(inference_model.predict(input_dict).shape)
