import numpy as np
from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Concatenate, Dense, Lambda

x = Input((12,))
parts = []
for start in range(0, 12, 4):
    parts.append(Lambda(lambda t: t[:, start:], name=f"from_{start}")(x))
joined = Concatenate()(parts)
model = Model(x, joined)
print(model.output_shape)
print(model.predict(np.zeros((3, 12), "float32"), verbose=0).shape)
