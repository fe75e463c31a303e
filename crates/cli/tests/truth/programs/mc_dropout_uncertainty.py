import numpy as np
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras.layers import Dense, Dropout, Input, Lambda
from tensorflow.keras.models import Model


def permanent_dropout(rate):
    return Lambda(lambda x: K.dropout(x, level=rate))


def heteroscedastic(y_true, y_pred):
    mean, log_var = y_pred[:, :1], y_pred[:, 1:]
    return K.mean(K.exp(-log_var) * K.square(y_true - mean) + log_var, axis=-1)


x = np.linspace(-3, 3, 80).reshape(-1, 1)
y = x ** 3 + np.random.normal(0, 3, x.shape)
inp = Input((1,))
h = Dense(32, activation="relu")(inp)
h = Dropout(0.2)(h, training=True)
h = Dense(32, activation="relu")(h)
h = permanent_dropout(0.2)(h)
out = Dense(2)(h)
model = Model(inp, out)
model.compile(keras.optimizers.Adam(0.01), loss=heteroscedastic)
model.fit(x, y, epochs=2, verbose=0)
draws = np.stack([model(x, training=True).numpy() for _ in range(5)])
epistemic = draws[..., 0].std(axis=0)
aleatoric = np.sqrt(np.exp(draws[..., 1]).mean(axis=0))
print(draws.shape, epistemic.shape, aleatoric.shape)
