import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.models import Model, load_model
from tensorflow.keras.layers import Input, Conv2D, MaxPooling2D, Lambda, Dense, Flatten, Dropout, concatenate

x_train = np.random.randint(0, 256, (96, 28, 28)).astype("uint8")
y_train = np.random.randint(0, 10, 96)
x_test = np.random.randint(0, 256, (32, 28, 28)).astype("uint8")
y_test = np.random.randint(0, 10, 32)

inp = Input(shape=(28, 28))
x = Lambda(lambda t: tf.cast(t, tf.float32) / 255.0, name="scale", output_shape=(28, 28))(inp)
x = Conv2D(16, 3, padding="same", activation="relu")(x)
x = MaxPooling2D()(x)
x = Conv2D(32, 3, padding="same", activation="relu")(x)
avg = Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2]), name="gap", output_shape=(32,))(x)
mx = Lambda(lambda t: tf.reduce_max(t, axis=[1, 2]), name="gmp", output_shape=(32,))(x)
x = concatenate([avg, mx])
x = Dropout(0.25)(x)
x = Dense(32, activation="relu")(x)
x = Lambda(lambda t: tf.math.l2_normalize(t, axis=-1), name="norm", output_shape=(32,))(x)
out = Dense(10, activation="softmax")(x)
model = Model(inp, out)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, batch_size=32, epochs=1, validation_data=(x_test, y_test), verbose=0)

embed = Model(model.input, model.get_layer("norm").output)
e = embed.predict(x_test, verbose=0)
sim = e @ e.T
print(sim.shape, sim.argsort(axis=1)[:, -2][:5])
