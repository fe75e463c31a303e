import numpy as np
import pandas as pd
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from sklearn.utils import class_weight
import tensorflow as tf
from tensorflow import keras

np.random.seed(0)
n = 400
df = pd.DataFrame(np.random.randn(n, 5), columns=["V%d" % i for i in range(1, 6)])
df["Amount"] = np.random.exponential(80, n)
df["Class"] = (np.random.rand(n) < 0.1).astype(int)
df["Log"] = np.log(df.pop("Amount") + 0.001)
train_df, test_df = train_test_split(df, test_size=0.2)
train_df, val_df = train_test_split(train_df, test_size=0.2)
train_labels = np.array(train_df.pop("Class"))
bool_train_labels = train_labels != 0
val_labels = np.array(val_df.pop("Class"))
test_labels = np.array(test_df.pop("Class"))
scaler = StandardScaler()
train_features = np.clip(scaler.fit_transform(np.array(train_df)), -5, 5)
val_features = np.clip(scaler.transform(np.array(val_df)), -5, 5)
test_features = np.clip(scaler.transform(np.array(test_df)), -5, 5)
METRICS = [keras.metrics.TruePositives(name="tp"), keras.metrics.Precision(name="precision"), keras.metrics.AUC(name="prc", curve="PR")]


def make_model(metrics=METRICS, output_bias=None):
    if output_bias is not None:
        output_bias = tf.keras.initializers.Constant(output_bias)
    model = keras.Sequential([
        keras.layers.Dense(16, activation="relu", input_shape=(train_features.shape[-1],)),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(2, activation="softmax", bias_initializer=output_bias),
    ])
    model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-3), loss=keras.losses.BinaryCrossentropy(), metrics=metrics)
    return model


neg, pos = np.bincount(train_labels)
weights = class_weight.compute_class_weight("balanced", classes=np.unique(train_labels), y=train_labels)
cw = dict(enumerate(weights))
early = tf.keras.callbacks.EarlyStopping(monitor="val_prc", patience=2, mode="max", restore_best_weights=True)
model = make_model(output_bias=np.log([pos / neg]))
model.fit(train_features, train_labels, batch_size=64, epochs=1, callbacks=[early],
          validation_data=(val_features, val_labels), class_weight=cw, verbose=0)
results = model.evaluate(test_features, test_labels, batch_size=64, verbose=0)
for name, value in zip(model.metrics_names, results):
    print(name, value >= -1)
