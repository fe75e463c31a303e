import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import mixed_precision, layers
import numpy as np

mixed_precision.set_global_policy("mixed_float16")
policy = mixed_precision.global_policy()
print("Compute dtype: %s" % policy.compute_dtype)
print("Variable dtype: %s" % policy.variable_dtype)


class Scale(layers.Layer):
    def build(self, shape):
        self.scale = self.add_weight(shape=(shape[-1],), initializer="ones", name="scale")
        self.offset = tf.constant(np.zeros(shape[-1]), dtype=tf.float32)

    def call(self, x):
        return x * self.scale + self.offset


inputs = keras.Input(shape=(784,), name="digits")
x = layers.Dense(64, activation="relu", name="dense_1")(inputs)
x = Scale()(x)
print(x.dtype)
x = layers.Dense(10, name="dense_logits")(x)
outputs = layers.Activation("softmax", dtype="float32", name="predictions")(x)
print("Outputs dtype: %s" % outputs.dtype)
model = keras.Model(inputs=inputs, outputs=outputs)
model.compile(loss="sparse_categorical_crossentropy", optimizer=keras.optimizers.RMSprop(), metrics=["accuracy"])
x_train = np.random.rand(128, 784).astype("float32")
y_train = np.random.randint(0, 10, 128)
initial_weights = model.get_weights()
history = model.fit(x_train, y_train, batch_size=64, epochs=1, validation_split=0.2, verbose=0)
model.set_weights(initial_weights)
print(model.dtype_policy if hasattr(model, "dtype_policy") else "", model.compute_dtype)

loss_object = tf.keras.losses.SparseCategoricalCrossentropy()
optimizer = mixed_precision.LossScaleOptimizer(keras.optimizers.RMSprop())
train_dataset = tf.data.Dataset.from_tensor_slices((x_train, y_train)).shuffle(100).batch(32)


@tf.function
def train_step(x, y):
    with tf.GradientTape() as tape:
        predictions = model(x)
        loss = loss_object(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


for x, y in train_dataset.take(2):
    print(float(train_step(x, y)) >= 0)
mixed_precision.set_global_policy("float32")
