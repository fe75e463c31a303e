"""Entity embeddings made in a loop over the columns of a frame (tabular Kaggle style)."""
import numpy as np
import pandas as pd
from sklearn.preprocessing import LabelEncoder, MinMaxScaler
import tensorflow as tf
from tensorflow.keras.layers import Input, Embedding, Reshape, Dense, Concatenate, Dropout
from tensorflow.keras.models import Model

np.random.seed(3)
N = 300
data = pd.DataFrame({
    "Store": np.random.randint(1, 21, N),
    "DayOfWeek": np.random.randint(1, 8, N),
    "StateHoliday": np.random.choice(["0", "a", "b", "c"], N),
    "Promo": np.random.randint(0, 2, N),
    "CompetitionDistance": np.random.exponential(5000, N),
    "Sales": np.random.exponential(6000, N),
})
cat_cols = ["Store", "DayOfWeek", "StateHoliday", "Promo"]
encoders = {}
for c in cat_cols:
    encoders[c] = LabelEncoder()
    data[c] = encoders[c].fit_transform(data[c])
data["CompetitionDistance"] = MinMaxScaler().fit_transform(data[["CompetitionDistance"]])
target = np.log1p(data["Sales"].values)
train, valid = data.iloc[:240], data.iloc[240:]


def as_list(frame):
    columns = [frame[c].values for c in cat_cols]
    pass
    return columns


inputs, flat = [], []
for c in cat_cols:
    size = len(encoders[c].classes_)
    dim = min(50, (size + 1) // 2)
    inp = Input(shape=(1,), name=f"{c}_in")
    emb = Embedding(size, dim, name=f"{c}_emb")(inp)
    flat.append(Reshape((dim,))(emb))
    inputs.append(inp)
num = Input(shape=(1,), name="numeric")
inputs.append(num)
x = Concatenate()(flat + [num])
x = Dense(64, activation="relu")(x)
x = Dropout(0.1)(x)
out = Dense(1)(x)
model = Model(inputs, out)
model.compile(optimizer="adam", loss="mae")
model.fit(as_list(train), target[:240], validation_data=(as_list(valid), target[240:]), epochs=1, batch_size=32, verbose=0)
rmspe = np.sqrt(np.mean((np.expm1(model.predict(as_list(valid), verbose=0)).ravel() - data["Sales"].values[240:]) ** 2))
print(model.count_params(), rmspe > 0)
