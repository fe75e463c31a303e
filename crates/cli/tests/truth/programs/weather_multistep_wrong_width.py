"""Several hours ahead for several measurements, with a class that makes the windows."""
import numpy as np
import pandas as pd
import tensorflow as tf

n = 300
df = pd.DataFrame({c: np.random.randn(n) for c in ["p", "t", "rh", "wind"]})
column_indices = {name: i for i, name in enumerate(df.columns)}
train_df, val_df, test_df = df[0 : int(n * 0.7)], df[int(n * 0.7) : int(n * 0.9)], df[int(n * 0.9) :]
num_features = df.shape[1]
train_mean, train_std = train_df.mean(), train_df.std()
train_df, val_df, test_df = [(part - train_mean) / train_std for part in (train_df, val_df, test_df)]


class WindowGenerator:
    def __init__(self, input_width, label_width, shift, label_columns=None):
        self.label_columns = label_columns
        if label_columns is not None:
            self.label_columns_indices = {name: i for i, name in enumerate(label_columns)}
        self.column_indices = column_indices
        self.input_width, self.label_width, self.shift = input_width, label_width, shift
        self.total_window_size = input_width + shift
        self.input_slice = slice(0, input_width)
        self.label_start = self.total_window_size - label_width
        self.labels_slice = slice(self.label_start, None)

    def split_window(self, features):
        inputs = features[:, self.input_slice, :]
        labels = features[:, self.labels_slice, :]
        if self.label_columns is not None:
            labels = tf.stack([labels[:, :, self.column_indices[name]] for name in self.label_columns], axis=-1)
        inputs.set_shape([None, self.input_width, None])
        labels.set_shape([None, self.label_width + 1, None])
        return inputs, labels

    def make_dataset(self, data):
        data = np.array(data, dtype=np.float32)
        ds = tf.keras.utils.timeseries_dataset_from_array(
            data=data, targets=None, sequence_length=self.total_window_size, sequence_stride=1, shuffle=True, batch_size=16
        )
        return ds.map(self.split_window)

    @property
    def train(self):
        return self.make_dataset(train_df)

    @property
    def val(self):
        return self.make_dataset(val_df)


OUT_STEPS = 4
multi_window = WindowGenerator(input_width=8, label_width=OUT_STEPS, shift=OUT_STEPS)
for example_inputs, example_labels in multi_window.train.take(1):
    print(example_inputs.shape, example_labels.shape)

model = tf.keras.Sequential([
    tf.keras.layers.Lambda(lambda x: x[:, -3:, :]),
    tf.keras.layers.Conv1D(16, activation="relu", kernel_size=3),
    tf.keras.layers.Dense(OUT_STEPS * num_features, kernel_initializer=tf.initializers.zeros()),
    tf.keras.layers.Reshape([OUT_STEPS, num_features]),
])
model.compile(loss=tf.keras.losses.MeanSquaredError(), optimizer=tf.keras.optimizers.Adam(), metrics=[tf.keras.metrics.MeanAbsoluteError()])
model.fit(multi_window.train, epochs=1, validation_data=multi_window.val, verbose=0)
