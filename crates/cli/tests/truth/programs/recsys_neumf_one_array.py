import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras.layers import Input, Embedding, Flatten, Dense, Dot, Add, Concatenate, Multiply, Lambda
from tensorflow.keras.models import Model
from tensorflow.keras.regularizers import l2

np.random.seed(0)
ratings = pd.DataFrame({"userId": np.random.randint(1, 41, 400), "movieId": np.random.choice([5, 17, 23, 99, 140, 611, 702], 400),
                        "rating": np.random.randint(1, 6, 400)})
user_ids = ratings["userId"].unique().tolist()
user2idx = {x: i for i, x in enumerate(user_ids)}
movie_ids = ratings["movieId"].unique().tolist()
movie2idx = {x: i for i, x in enumerate(movie_ids)}
ratings["user"] = ratings["userId"].map(user2idx)
ratings["movie"] = ratings["movieId"].map(movie2idx)
num_users, num_movies = len(user2idx), len(movie2idx)
min_rating, max_rating = ratings["rating"].min(), ratings["rating"].max()

ratings = ratings.sample(frac=1, random_state=42)
x = ratings[["user", "movie"]].values
y = ratings["rating"].apply(lambda r: (r - min_rating) / (max_rating - min_rating)).values
cut = int(0.9 * ratings.shape[0])
x_train, x_val, y_train, y_val = x[:cut], x[cut:], y[:cut], y[cut:]

user_in = Input(shape=(1,), name="user")
movie_in = Input(shape=(1,), name="movie")
mf_u = Flatten()(Embedding(num_users, 8, embeddings_regularizer=l2(1e-6), name="mf_user")(user_in))
mf_m = Flatten()(Embedding(num_movies, 8, embeddings_regularizer=l2(1e-6), name="mf_movie")(movie_in))
mlp_u = Flatten()(Embedding(num_users, 16, name="mlp_user")(user_in))
mlp_m = Flatten()(Embedding(num_movies, 16, name="mlp_movie")(movie_in))
gmf = Multiply()([mf_u, mf_m])
mlp = Concatenate()([mlp_u, mlp_m])
for units in (32, 16, 8):
    mlp = Dense(units, activation="relu")(mlp)
out = Dense(1, activation="sigmoid")(Concatenate()([gmf, mlp]))
model = Model([user_in, movie_in], out)
model.compile(optimizer="adam", loss="mse", metrics=["mae"])
model.fit(x_train, y_train, batch_size=64, epochs=1, validation_data=([x_val[:, 0], x_val[:, 1]], y_val), verbose=0)

user = ratings["userId"].iloc[0]
seen = ratings[ratings["userId"] == user]["movieId"].values
unseen = [m for m in movie_ids if m not in seen] or movie_ids[:2]
movie_idx = np.array([movie2idx[m] for m in unseen])
user_idx = np.array([user2idx[user]] * len(unseen))
scores = model.predict([user_idx, movie_idx], verbose=0).flatten()
print(scores.shape[0] == len(unseen))
weights = model.get_layer("mf_movie").get_weights()[0]
print(weights.shape)
