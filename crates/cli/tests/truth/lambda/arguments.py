from tensorflow.keras import Input, Model
from tensorflow.keras.layers import Dense, Lambda


def scale(t, factor, bias=0.0):
    return t * factor + bias


x = Input((3,))
y = Lambda(scale, arguments={"factor": 2.0, "bias": 1.0})(x)
model = Model(x, Dense(1)(y))
print(model.count_params())
bad = Lambda(scale, arguments={"factr": 2.0})(x)
