from tensorflow.keras import Input
from tensorflow.keras.layers import Dense
from tensorflow.keras.models import Sequential

model = Sequential([Input((3,)), Dense(2, activation="relu")])
try:
    model.compile(optimizer="adamm", loss="mse")
except ValueError as error:
    print(error)
try:
    model.compile(optimizer="adam", loss="mean_square")
except ValueError as error:
    print(error)
Dense(2, activation="rellu")
